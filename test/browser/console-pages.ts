import { listRoutes } from '../../src/http/list-routes.ts'
import { consoleTag } from '../../src/http/server/route.ts'

const deps: object = new Proxy(
	{ captured: {}, config: { publicUrl: 'http://envoi.test' } },
	{ get: (own, name) => Reflect.get(own, name) ?? {} },
)

/** The addresses of all pages of the console, as the routes have them: `/console/drafts/{id}`. */
export const consolePages = listRoutes(deps as never)
	.filter(({ tag, method, responses }) => {
		const [answer] = Object.values(responses)
		return tag === consoleTag && method === 'get' && answer?.contentType === 'text/html'
	})
	.map(({ path }) => path)
