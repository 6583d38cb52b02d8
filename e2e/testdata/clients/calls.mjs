// The same calls through several clients, as models make them.
import { createMCPClient } from '@ai-sdk/mcp'
import { Experimental_StdioMCPTransport } from '@ai-sdk/mcp/mcp-stdio'
import { loadMcpTools } from '@langchain/mcp-adapters'

const issues = { owner: 'acme', repo: 'widgets' }
const shown = ['number', 'title']
const later = { field: 'number', op: 'gt', value: '3' }

// callsOf are the calls of one client: in strict mode a model gives every member, and
// nothing for what it does not mean. Some clients let only an empty value of the right
// type pass for that.
function callsOf(client, none) {
  const text = none ?? ''
  const list = none === undefined ? [] : none
  return {
    search: ['github_issues_search', {
      filter: [later, { field: 'state', op: 'in', value: 'open,CLOSED' }], limit: 2, fields: ['number', 'state'],
    }],
    'search in strict mode': ['github_issues_search', {
      filter: [later], any_of: list, sort: text, limit: 2, cursor: text, fields: ['number', 'state'],
    }],
    write: ['zendesk_support_users_create', {
      user: { name: `Ada of ${client}`, email: 'ada@example.com', tags: ['vip'], user_fields: { plan: 'gold' } },
    }],
    'write in strict mode': ['zendesk_support_users_create', {
      user: { name: `Grace of ${client}`, email: text, alias: text, tags: list, phone: text },
    }],
    list: ['github_issues_list', { ...issues, per_page: 2, select_fields: shown }],
    'list in strict mode': ['github_issues_list', { ...issues, per_page: 2, after: text, states: none === undefined ? ['OPEN', 'CLOSED'] : none, select_fields: shown }],
  }
}

// textOf is the text of an answer, in the form of any of the clients.
function textOf(answer) {
  if (typeof answer === 'string') return answer
  const content = answer.content ?? answer
  return (answer.isError ? 'error: ' : '') + content.map((c) => c.text ?? '').join('')
}

async function run(calls, call) {
  const answers = {}
  for (const [what, [name, args]] of Object.entries(calls)) {
    answers[what] = await call(name, args).then(textOf, (err) => `error: ${err.message}`)
  }
  return answers
}

// clientCalls is what each client has got, by call.
export async function clientCalls(client, server) {
  const official = await run(callsOf('SDK', null), (name, args) => client.callTool({ name, arguments: args }))

  const taken = Object.fromEntries((await loadMcpTools('airbyte', client)).map((t) => [t.name, t]))
  const langchain = await run(callsOf('LangChain'), (name, args) => taken[name].invoke(args))

  const aisdk = await createMCPClient({ transport: new Experimental_StdioMCPTransport(server) })
  const tools = await aisdk.tools()
  const vercel = await run(callsOf('AI', null), (name, args) => tools[name].execute(args, { toolCallId: '1', messages: [] }))
  await aisdk.close()
  return { 'official SDK': official, LangChain: langchain, 'AI SDK': vercel }
}
