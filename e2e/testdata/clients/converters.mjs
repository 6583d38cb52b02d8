// Converters and clients as their users call them. Each takes all tools and gives the names
// of those that it refuses, with the reason.
import { mcpToTool } from '@google/genai'
import { convertToOpenAITool } from '@langchain/core/utils/function_calling'
import { loadMcpTools } from '@langchain/mcp-adapters'
import { mcpToFunctionTool } from '@openai/agents'
import { createMCPClient } from '@ai-sdk/mcp'
import { Experimental_StdioMCPTransport } from '@ai-sdk/mcp/mcp-stdio'
import { asSchema } from 'ai'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { jsonSchemaToZod } from 'json-schema-to-zod'
import { z } from 'zod'
import { zod3Of } from './zod3/convert.mjs'

// each is the names of the tools for which a step fails.
async function each(tools, step) {
  const refused = []
  for (const tool of tools) {
    try {
      await step(tool)
    } catch (err) {
      refused.push(`${tool.name}: ${String(err.message ?? err).slice(0, 200)}`)
    }
  }
  return refused
}

// missing are the tools that a client has not taken over.
function missing(tools, taken) {
  const names = new Set(taken)
  return tools.filter((t) => !names.has(t.name)).map((t) => `${t.name}: not taken over`)
}

// accepts fails for a schema that refuses the arguments which it asks for.
function accepts(schema, tool) {
  const read = schema.safeParse(sample(tool.inputSchema))
  if (!read.success) throw new Error(`refuses right arguments: ${read.error.message}`)
}

// sample is a value that a schema accepts: required members alone.
export function sample(s) {
  if (s.enum) return s.enum[0]
  if (s.anyOf) return sample(s.anyOf[0])
  switch (s.type) {
    case 'object':
      return Object.fromEntries((s.required ?? []).map((name) => [name, sample(s.properties[name])]))
    case 'array':
      return [sample(s.items)]
    case 'integer':
    case 'number':
      return s.minimum ?? 1
    case 'boolean':
      return true
    default:
      return s.format === 'date-time' ? '2026-01-02T03:04:05Z' : '1234567890'
  }
}

export const converters = {
  ajv: ({ tools }) => {
    const said = []
    const log = (...words) => said.push(words.join(' '))
    const logger = { log, warn: log, error: log }
    const ajv = addFormats(new Ajv2020({ strict: true, strictTypes: true, strictRequired: true, logger }))
    return each(tools, (tool) => {
      said.length = 0
      const check = ajv.compile(tool.inputSchema)
      if (said.length > 0) throw new Error(said[0])
      if (!check(sample(tool.inputSchema))) throw new Error(ajv.errorsText(check.errors))
    })
  },
  'zod 4': ({ tools }) => each(tools, (tool) => accepts(z.fromJSONSchema(tool.inputSchema), tool)),
  'json-schema-to-zod': ({ tools }) =>
    each(tools, (tool) => {
      const code = jsonSchemaToZod(tool.inputSchema)
      accepts(new Function('z', `return ${code}`)(z), tool)
    }),
  '@n8n/json-schema-to-zod': ({ tools }) => each(tools, (tool) => accepts(zod3Of(tool.inputSchema), tool)),
  'AI SDK': async ({ direct, server }) => {
    const client = await createMCPClient({ transport: new Experimental_StdioMCPTransport(server) })
    try {
      const taken = await client.tools()
      const refused = await each(Object.entries(taken).map(([name, tool]) => ({ name, tool })), async ({ tool }) => {
        const schema = await asSchema(tool.inputSchema).jsonSchema
        if (schema.type !== 'object') throw new Error('lost its type')
      })
      return [...missing(direct, Object.keys(taken)), ...refused]
    } finally {
      await client.close()
    }
  },
  LangChain: async ({ direct, client }) => {
    const taken = await loadMcpTools('airbyte', client, { throwOnLoadError: true, prefixToolNameWithServerName: false })
    const refused = await each(taken, (tool) => {
      for (const strict of [false, true]) {
        const { parameters } = convertToOpenAITool(tool, { strict }).function
        if (parameters?.type !== 'object') throw new Error('lost its type')
      }
    })
    return [...missing(direct, taken.map((t) => t.name)), ...refused]
  },
  '@google/genai': async ({ direct, client }) => {
    const { functionDeclarations } = await mcpToTool(client).tool()
    return missing(direct, functionDeclarations.filter((d) => d.parametersJsonSchema?.type === 'object').map((d) => d.name))
  },
  '@openai/agents': ({ tools, open }) =>
    each(tools, (tool) => {
      const converted = mcpToFunctionTool(tool, { name: 'airbyte', callTool: async () => [] }, true)
      if (!converted.strict) open.push(tool.name)
    }),
}
