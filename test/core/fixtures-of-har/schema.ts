import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import schemas from 'har-schema'

const ajv = new Ajv({ strict: false, validateSchema: false })
formats.default(ajv)
for (const schema of Object.values(schemas)) ajv.addSchema(schema)

/** What is wrong with a part of a HAR document (`har`, `entry`, …) by the schema of HAR 1.2; empty when nothing is. */
export function schemaFaults(part: string, value: unknown): string {
  const check = ajv.getSchema(`${part}.json#`)
  if (check === undefined) throw new Error(`no schema ${part}`)
  return check(value) === true ? '' : ajv.errorsText(check.errors)
}
