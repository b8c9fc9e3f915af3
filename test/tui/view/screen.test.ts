import { test } from 'vitest'
import { openDetail, openView } from '../../../src/tui/command/opening.ts'
import { actions } from '../../../src/tui/command/actions.ts'
import { hintsFor } from '../../../src/tui/command/help.ts'
import type { Ui } from '../../../src/tui/model/state.ts'
import { drawScreen } from '../../../src/tui/view/screen.ts'
import { expectGolden } from '../fixtures/painted.ts'
import { severalLogins } from '../fixtures/flows.ts'
import { failedLogin } from '../fixtures/login.ts'
import { told } from '../fixtures/told.ts'

const views: readonly (readonly [name: string, logins: number, open: (ui: Ui) => void])[] = [
  ['live', 1, (ui) => openView(ui, 'live')],
  ['flows', 3, (ui) => openView(ui, 'flow')],
  ['flow', 1, (ui) => openView(ui, 'flow')],
  ['findings', 1, (ui) => openView(ui, 'findings')],
  ['checklist', 1, (ui) => openView(ui, 'checklist')],
  [
    'detail',
    1,
    (ui) => {
      ui.select('6')
      openDetail(ui)
    },
  ],
]

test.each(views)(
  'the screen of %s looks as it should, in every size and look',
  async (name, logins, open) => {
    const { ui, scene } = told(logins === 1 ? failedLogin() : severalLogins(logins))
    open(ui)
    await expectGolden(`screen-${name}`, { ...scene, hints: hintsFor(ui) }, (frame, changed) =>
      drawScreen(frame, changed, actions),
    )
  },
)
