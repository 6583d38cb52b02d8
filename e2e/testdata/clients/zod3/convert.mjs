// A folder of its own, since this converter needs version 3 of zod. Node cannot load its ES
// modules.
import { createRequire } from 'node:module'

const { jsonSchemaToZod } = createRequire(import.meta.url)('@n8n/json-schema-to-zod')

export const zod3Of = (schema) => jsonSchemaToZod(schema)
