import { afterAll, beforeAll, expect, it } from 'vitest'
import { approveDraft, askApproval, openDraft, sendBackDraft } from '../../src/digests/index.ts'
import type { Member } from '../../src/kernel/actor.ts'
import { listMembers, lookForOccasions, sendOccasionMail } from '../../src/staff/index.ts'
import { signInAs } from '../support/console-browser.ts'
import { makeNewsletter, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ workers: false })
}, 60_000)
afterAll(() => app?.close())

async function tell(): Promise<string[]> {
	const before = app.captured?.list().length ?? 0
	const due: number[] = []
	const enqueue = async (_name: string, payload: object) => {
		if ('mailId' in payload) due.push(Number(payload.mailId))
	}
	await lookForOccasions({ ...app, jobs: { enqueue } as never })
	for (const mailId of due) await sendOccasionMail(app, { mailId })
	const fresh = (app.captured?.list() ?? []).toReversed().slice(before)
	const said = await Promise.all(
		fresh.map(async ({ envelope, parse }) => [envelope.to, await parse()] as const),
	)
	return said.map(([to, { subject, text }]) => `${to}: ${subject}\n${text}`).sort()
}

it('Who may approve is mailed that somebody asks, once, and who wrote what is to be done', async () => {
	const newsletter = await makeNewsletter(app, { needsApproval: true })
	const other = await makeNewsletter(app)
	await makeStory(app, newsletter.id)
	const approver = await signInAs(app, 'approver', { name: 'Claire Roy' })
	const editor = await signInAs(app, 'editor', { name: 'Amina Diallo' })
	await signInAs(app, 'approver', { newsletters: [other.slug] })
	await signInAs(app, 'editor', { name: 'Luc Tremblay' })
	const members = await listMembers(app)
	const memberOf = ({ email }: { email: string }): Member => {
		const found = members.find((each) => each.email === email)
		if (!found) throw new Error(email)
		const { id, name, role, newsletterIds } = found
		return { kind: 'member', id, name, role, newsletterIds }
	}
	const [amina, claire] = [memberOf(editor), memberOf(approver)]
	const { id } = await openDraft(app, newsletter.id, { actor: amina })

	await askApproval(app, id, amina)
	const asked = await tell()
	expect(asked).toHaveLength(1)
	expect(asked[0]).toMatch(new RegExp(`^${approver.email}: .*Amina Diallo asks for your approval`))
	expect(asked[0]).toContain(`/console/drafts/${id}/check`)
	expect(await tell()).toEqual([])

	app.clock.advance({ seconds: 60 })
	await sendBackDraft(app, id, { note: 'The second picture <b>lacks</b> its words.', actor: claire })
	const back = await tell()
	expect(back).toHaveLength(1)
	expect(back[0]).toMatch(new RegExp(`^${editor.email}: .*Claire Roy sends your draft back`))
	expect(back[0]).toContain('The second picture <b>lacks</b> its words.')

	app.clock.advance({ seconds: 60 })
	await askApproval(app, id, amina)
	const draft = await openDraft(app, newsletter.id, { actor: amina })
	await approveDraft(app, id, { versionId: draft.versionId, actor: claire })
	expect(await tell()).toEqual([])
})
