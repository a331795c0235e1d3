import supertest from 'supertest'
import { operator } from '../../src/kernel/actor.ts'
import type { Role } from '../../src/kernel/roles.ts'
import { addMember, memberInput } from '../../src/staff/index.ts'
import type { TestApp } from './start-test-app.ts'

const password = 'four words nobody puts together'

/** What a browser without scripts does: keeps cookies, and says from which page a form comes. */
export type ConsoleBrowser = {
	get(path: string): supertest.Test
	post(path: string, fields?: Record<string, string | string[]>): supertest.Test
	/** As the header `Cookie`. */
	cookies(): string
}

export function openConsole(app: Pick<TestApp, 'url'>): ConsoleBrowser {
	const agent = supertest(app.url)
	const jar = new Map<string, string>()
	const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
	const keep = (test: supertest.Test) => {
		if (jar.size > 0) test.set('Cookie', cookies())
		test.on('response', (response: supertest.Response) => {
			for (const line of (response.headers['set-cookie'] ?? []) as unknown as string[]) {
				const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
				if (value === '') jar.delete(name)
				else jar.set(name, value)
			}
		})
		return test.set('Accept', 'text/html').set('Accept-Language', 'en')
	}
	return {
		get: (path) => keep(agent.get(path)),
		post: (path, fields = {}) =>
			keep(agent.post(path)).set('Sec-Fetch-Site', 'same-origin').type('form').send(fields),
		cookies,
	}
}

let made = 0

/** Invites somebody and comes in as them. */
export async function signInAs(
	app: TestApp,
	role: Role,
	{ name = 'Amina Diallo', newsletters = null as string[] | null } = {},
): Promise<ConsoleBrowser & { email: string; password: string }> {
	const email = `${role}${made++}@staff.example`
	const { link } = await addMember(app, memberInput.parse({ name, email, role, newsletters }), operator)
	const browser = openConsole(app)
	await browser.post(new URL(link).pathname, { name, password }).expect(303)
	return { ...browser, email, password }
}
