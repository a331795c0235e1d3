import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SuppressionReason, suppressionReasons } from '../../../src/kernel/enumerations.ts'
import { hashAddress } from '../../../src/kernel/keys.ts'
import { findSuppression, suppress } from '../../../src/suppressions/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let owner: ConsoleBrowser
let approver: ConsoleBrowser
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	owner = await signInAs(app, 'owner')
	approver = await signInAs(app, 'approver')
})
afterAll(() => app?.close())

const path = '/console/suppressions'
let seconds = 0

async function put(address: string, reason: SuppressionReason = 'dead_address'): Promise<string> {
	const addressHash = hashAddress(app.keys, address)
	const at = new Date(app.clock.now().getTime() - 1_000_000 + ++seconds * 1_000)
	await suppress(app.db, { addressHash, reason, evidence: 'bounce event 7: <b>', at })
	return addressHash
}

const rowsOf = (text: string) => text.match(/<tr><th scope="row">/g)?.length ?? 0

describe('who is not mailed', () => {
	it('stands in a list, the newest first, with the address only where its reader is known', async () => {
		const newsletter = await makeNewsletter(app)
		const id = await makeReader(app, newsletter.id, { address: 'known@x.example' })
		await put('known@x.example', 'complaint')
		const unknown = await put('unknown@x.example', 'erased')
		const { text } = await approver.get(path).expect(200)
		expect(text).toMatch(
			new RegExp(`Code ${unknown.slice(0, 8)}</a>.*Erased once.*known@x\\.example.*Complained`, 's'),
		)
		expect(text).not.toContain('unknown@')
		expect(text).toContain('bounce event 7: &lt;b&gt;')
		expect(id).toBeGreaterThan(0)
		const acts = await app.db
			.selectFrom('audit_entries')
			.select('action')
			.where('subject', '=', 'suppressions')
			.execute()
		expect(acts).toEqual([{ action: 'find' }])
		const some = await signInAs(app, 'owner', { newsletters: [newsletter.slug] })
		await some.get(path).expect(403)
	})

	it('is found by the exact address, which stands in no address of a page', async () => {
		const hash = await put('found@x.example', 'mailbox_unusable')
		const led = await approver.post(`${path}/find`, { address: ' Found@X.example ' }).expect(303)
		expect(led.headers.location).toBe(`${path}?of=${hash}`)
		const page = await approver.get(led.headers.location ?? '').expect(200)
		expect(page.text).toMatch(/The address is not mailed, since .*Mailbox can’t be used/s)
		expect(page.text).toContain('An owner can take it off the list.')
		const nobody = await approver.post(`${path}/find`, { address: 'nobody@x.example' }).expect(303)
		expect((await approver.get(nobody.headers.location ?? '')).text).toContain('The address may be mailed')
		const wrong = await approver.post(`${path}/find`, { address: '"><b>no' })
		expect(wrong.status).toBe(422)
		expect(wrong.text).toContain('value="&quot;&gt;&lt;b&gt;no"')
		expect((await approver.post(`${path}/find`)).status).toBe(422)
	})

	it('is taken off once with a reason, which stands in the audit log, by owners', async () => {
		const addressHash = await put('lifted@x.example', 'complaint')
		await approver.post(`${path}/lift`, { of: addressHash, reason: 'They asked' }).expect(403)
		for (const reason of ['', 'no', 'for lifted@x.example']) {
			const again = await owner.post(`${path}/lift`, { of: addressHash, reason })
			expect(again.status).toBe(422)
			expect(again.text).toContain('<details class="ask-once" open>')
			expect(again.text).toContain(`value="${reason}"`)
		}
		expect(await findSuppression(app.db, addressHash)).toBeDefined()
		const done = await owner.post(`${path}/lift`, { of: addressHash, reason: 'They asked us to' }).expect(303)
		const page = await owner.get(done.headers.location ?? '').expect(200)
		expect(page.text).toMatch(/It is off the list.*The address may be mailed/s)
		expect(await findSuppression(app.db, addressHash)).toBeUndefined()
		const [act] = await app.db
			.selectFrom('audit_entries')
			.select(['action', 'detail'])
			.where('subject', '=', `suppression:${addressHash}`)
			.execute()
		expect(act).toEqual({ action: 'lift', detail: 'They asked us to' })
		await owner.post(`${path}/lift`, { of: addressHash, reason: 'They asked us to' }).expect(404)
	})

	it('is filtered by reason and paged; what can’t be understood shows nobody', async () => {
		for (let index = 0; index < 52; index++) await put(`many${index}@x.example`, 'staff')
		const first = await owner.get(`${path}?kind=staff`).expect(200)
		expect(rowsOf(first.text)).toBe(50)
		expect(first.text).not.toMatch(/<td>Complained/)
		const [, next = ''] = /href="([^"]+after=[^"]+)"/.exec(first.text) ?? []
		expect(rowsOf((await owner.get(next.replaceAll('&amp;', '&')).expect(200)).text)).toBe(2)
		for (const query of ['kind=everybody', 'after=x', 'of=short']) {
			const refused = await owner.get(`${path}?${query}`)
			expect([query, refused.status, rowsOf(refused.text)]).toEqual([query, 422, 0])
		}
	})

	it('has words for each reason', () => {
		const keys = suppressionReasons.flatMap((each) => [`means.${each}`, `consequence.${each}`])
		expect(keys.filter((key) => !app.messages.has(`console.suppressions.${key}`))).toEqual([])
	})
})
