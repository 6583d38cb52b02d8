// What model APIs document that they take, as rules over all places of a schema.
import { mcpToFunctionTool } from '@openai/agents'

const strictKeywords = new Set(['type', 'properties', 'required', 'additionalProperties', 'items', 'anyOf', 'enum',
  'description', 'format', 'minimum', 'maximum', 'minItems', 'maxItems'])

// places are all schemas within one, each with its path and the number of objects around it.
function* places(schema, path = '$', depth = 1) {
  yield { schema, path, depth }
  const below = schema.type === 'object' ? depth + 1 : depth
  for (const [name, s] of Object.entries(schema.properties ?? {})) yield* places(s, `${path}.${name}`, below)
  if (schema.items) yield* places(schema.items, `${path}[]`, depth)
  for (const s of schema.anyOf ?? []) yield* places(s, path, depth)
  if (typeof schema.additionalProperties === 'object') yield* places(schema.additionalProperties, `${path}{}`, below)
}

// holding gives the tools with a place of which a rule has something to say.
function holding(rule, schemaOf = (tool) => tool.inputSchema) {
  return ({ tools }) => tools.flatMap((tool) => {
    const schema = schemaOf(tool)
    for (const place of schema ? places(schema) : []) {
      const fault = rule(place)
      if (fault) return [`${tool.name}${place.path.slice(1)}: ${fault}`]
    }
    return []
  })
}

// strictOf is what the OpenAI Agents SDK sends in strict mode, nothing for a tool that falls back.
function strictOf(tool) {
  const converted = mcpToFunctionTool(tool, { name: 'airbyte', callTool: async () => [] }, true)
  return converted.strict ? converted.parameters : undefined
}

function strictPlace({ schema, depth }) {
  const unknown = Object.keys(schema).find((key) => !strictKeywords.has(key))
  if (unknown) return `has ${unknown}`
  if (depth > 10) return 'is nested too deeply'
  if (!schema.type && !schema.anyOf) return 'has no type'
  if (schema.type !== 'object') return ''
  const names = Object.keys(schema.properties ?? {})
  if (schema.additionalProperties !== false) return 'is open'
  if (names.some((name) => !schema.required?.includes(name))) return 'has optional members'
  return ''
}

// strictTotals are the limits over all of a schema.
function strictTotals({ tools }) {
  return tools.flatMap((tool) => {
    const all = [...places(strictOf(tool) ?? {})].map(({ schema }) => schema)
    const names = all.flatMap((s) => Object.keys(s.properties ?? {}))
    const values = all.flatMap((s) => s.enum ?? [])
    const text = [...names, ...values].join('').length
    const fits = names.length <= 5000 && values.length <= 1000 && text <= 120000
    return fits ? [] : [`${tool.name}: ${names.length} properties, ${values.length} values, ${text} characters`]
  })
}

function geminiPlace({ schema }) {
  for (const key of ['$ref', '$defs', 'propertyNames', 'patternProperties', 'oneOf', 'allOf', 'not', 'const', 'if', 'prefixItems']) {
    if (key in schema) return `has ${key}`
  }
  if (Array.isArray(schema.type)) return 'has a list of types'
  if (!schema.type && !schema.anyOf) return 'has no type'
  if (schema.type && schema.anyOf) return 'has a type beside a choice'
  if (schema.enum && (schema.type !== 'string' || schema.enum.some((v) => typeof v !== 'string' || v === ''))) {
    return 'has values that are no texts, or an empty one'
  }
  if (schema.format && !(schema.type === 'string' && ['date-time', 'enum'].includes(schema.format))) return `has the format ${schema.format}`
  if (schema.type === 'array' && !schema.items) return 'has no items'
  if (schema.required?.some((name) => !(name in (schema.properties ?? {})))) return 'requires what it does not name'
  return ''
}

export const rules = {
  'names for Anthropic and OpenAI': ({ tools }) => tools.map((t) => t.name).filter((name) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name)),
  'property names for Anthropic': holding(({ schema }) => Object.keys(schema.properties ?? {}).find((n) => !/^[a-zA-Z0-9_.-]{1,64}$/.test(n))),
  'root without choices': ({ tools }) =>
    tools.filter(({ inputSchema: s }) => s.type !== 'object' || s.anyOf || s.oneOf || s.allOf || s.enum || s.not).map((t) => t.name),
  'Gemini subset': holding(geminiPlace),
  'objects closed or with members': holding(({ schema, path }) =>
    path !== '$' && schema.type === 'object' && !schema.properties && !schema.additionalProperties ? 'would be closed to an empty object' : ''),
  'OpenAI strict subset': holding(strictPlace, strictOf),
  'OpenAI strict limits': strictTotals,
}
