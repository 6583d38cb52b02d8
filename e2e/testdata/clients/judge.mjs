// Lists the tools of a server with the official SDK and gives them to the converters, which
// other hosts put between a server and a model. Prints what they refuse, as JSON.
//
//   node judge.mjs PROGRAM ARGUMENT...
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { converters } from './converters.mjs'
import { clientCalls } from './calls.mjs'
import { rules } from './rules.mjs'

console.warn = () => {} // the OpenAI Agents SDK, at each tool that falls back

const [command, ...args] = process.argv.slice(2)
const server = { command, args, env: { HOME: process.env.HOME, PATH: process.env.PATH }, stderr: 'ignore' }

// listed is a client of the server, and all tools that it is shown.
async function listed(server) {
  const client = new Client({ name: 'judge', version: '1.0.0' })
  await client.connect(new StdioClientTransport(server))
  const tools = []
  for (let cursor; ;) {
    const page = await client.listTools({ cursor })
    tools.push(...page.tools)
    cursor = page.nextCursor
    if (!cursor) return { client, tools }
  }
}

const { client, tools: direct } = await listed(server)
const search = await listed({ ...server, args: [...args, '--surface', 'search'] }) // the last one counts
await search.client.close()
const tools = [...direct, ...search.tools.filter((t) => !direct.some((d) => d.name === t.name))]

const report = { tools: tools.length, refused: {}, open: [], calls: {} }
for (const [name, convert] of Object.entries({ ...rules, ...converters })) {
  const started = Date.now()
  report.refused[name] = await convert({ tools, direct, client, server, open: report.open })
  console.error(`${name}: ${report.refused[name].length} of ${tools.length} refused, ${Date.now() - started} ms`)
}
report.calls = await clientCalls(client, server)
await client.close()
process.stdout.write(JSON.stringify(report), () => process.exit(0))
