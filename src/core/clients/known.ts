import type { Client } from './client.ts'
import { aiSdk } from './ai-sdk.ts'
import { chatgpt } from './chatgpt.ts'
import { claudeAi } from './claude-ai.ts'
import { claudeCode } from './claude-code.ts'
import { codex } from './codex.ts'
import { csharpSdk } from './csharp-sdk.ts'
import { cursor } from './cursor.ts'
import { geminiCli } from './gemini-cli.ts'
import { goSdk } from './go-sdk.ts'
import { inspector } from './inspector.ts'
import { mcpRemote } from './mcp-remote.ts'
import { mcporter } from './mcporter.ts'
import { openCode } from './opencode.ts'
import { pythonSdk } from './python-sdk.ts'
import { rustSdk } from './rust-sdk.ts'
import { vscode } from './vscode.ts'
import { sdkV1, sdkV2 } from './typescript-sdk.ts'

/** Every client that is known, as they are listed to people. */
export const clients: readonly Client[] = [
  claudeCode,
  claudeAi,
  chatgpt,
  codex,
  vscode,
  cursor,
  openCode,
  geminiCli,
  mcpRemote,
  mcporter,
  inspector,
  aiSdk,
  sdkV1,
  sdkV2,
  pythonSdk,
  goSdk,
  csharpSdk,
  rustSdk,
]
