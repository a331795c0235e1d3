import { afterAll, beforeAll, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { lookForOccasions, sendOccasionMail } from '../../src/staff/index.ts'
import { mailsTo } from '../subscriptions/people.ts'
import { importFile } from '../support/bring-file.ts'
import { signInAs } from '../support/console-browser.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	await makeNewsletter(app, { slug: 'news' })
})
afterAll(() => app?.close())

async function tell(): Promise<void> {
	const due: number[] = []
	const enqueue = async (_name: string, { mailId }: { mailId?: number }) => void due.push(mailId ?? 0)
	await lookForOccasions({ ...app, jobs: { enqueue } as never })
	for (const mailId of due) await sendOccasionMail(app, { mailId })
}

it('whoever started an import is mailed once it is done, and nobody else', async () => {
	const [starter, other] = [await signInAs(app, 'owner'), await signInAs(app, 'approver')]
	const { id } = await app.db
		.selectFrom('staff_members')
		.select('id')
		.where('email', '=', starter.email)
		.executeTakeFirstOrThrow()
	const actor = { kind: 'member', id, name: 'A', role: 'owner', newsletterIds: null } as const
	const csv = 'email\none@mail.example\ntwo@mail.example\nthree@mail.example\nnobody\n'
	const done = await importFile(app, csv, { actor })
	await importFile(app, csv, { actor: operator })
	await tell()
	await tell()
	const [mail, ...more] = await mailsTo(app, starter.email)
	expect(more).toEqual([])
	expect(mail?.subject).toBe('World News: 3 readers were added from readers.csv')
	expect(mail?.text).toContain(`/console/imports/${done.id}`)
	expect(mail?.text).toContain(
		'3 readers were added; nobody stayed out or had been there before; 1 row could not be used.',
	)
	expect(await mailsTo(app, other.email)).toEqual([])
})
