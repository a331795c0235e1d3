import type { z } from 'zod'
import type { Database } from '../../kernel/database.ts'
import type { SignupWish } from '../../kernel/tables/subscriptions.ts'
import { checkTopics, listTopics, type Newsletter } from '../../newsletters/index.ts'
import type { formBody, jsonBody } from './subscribe-input.ts'

/** What was answered beside the address, as far as the newsletter asks for it; undefined: nothing. */
export type SignupAnswers = {
	wish: SignupWish | undefined
	/** As typed. */
	givenName: string | undefined
}

export function answersOfForm(
	{ signupAsks }: Newsletter,
	{ topics, offered, new_topics, language, given_name }: z.output<typeof formBody>,
): SignupAnswers & { language: string | undefined } {
	const isAsked = signupAsks.includes('topics') && offered.length > 0
	return {
		wish: isAsked ? { offered, topics, newTopics: new_topics !== undefined } : undefined,
		language: signupAsks.includes('language') ? language : undefined,
		givenName: signupAsks.includes('given_name') ? given_name : undefined,
	}
}

/** A program is shown no topics: it chooses among all that are offered. Throws `invalid` for a topic that is not. */
export async function answersOfProgram(
	{ db }: { db: Database },
	newsletter: Newsletter,
	{ topics, newTopics, givenName }: z.output<typeof jsonBody>,
): Promise<SignupAnswers> {
	const { id, signupAsks } = newsletter
	const chooses = signupAsks.includes('topics') && (topics !== undefined || newTopics !== undefined)
	if (chooses) await checkTopics(db, id, topics)
	const offered = chooses
		? (await listTopics({ db }, id)).filter(({ archivedAt }) => archivedAt === null).map(({ slug }) => slug)
		: []
	return {
		wish: chooses ? { offered, topics: topics ?? offered, newTopics: newTopics ?? false } : undefined,
		givenName: signupAsks.includes('given_name') ? givenName : undefined,
	}
}
