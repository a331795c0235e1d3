import type { Database } from '../../kernel/database.ts'
import type { SignupQuestion } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import { listTopics, type Newsletter } from '../../newsletters/index.ts'
import type { FormState, SignupQuestions } from '../server/page-data.ts'
import { nameOfLanguage } from './describe-newsletter.ts'
import { topicTextIn } from './describe-preferences.ts'

/** What the form asks for beside the address, as it was filled where it is shown again. */
export async function describeQuestions(
	{ db }: { db: Database },
	newsletter: Newsletter,
	chosen: Locale,
	{ wish, language = chosen, givenName = '' }: Pick<FormState, 'wish' | 'language' | 'givenName'> = {},
): Promise<SignupQuestions> {
	const asks = (question: SignupQuestion) => newsletter.signupAsks.includes(question)
	const topics = asks('topics') ? await listTopics({ db }, newsletter.id) : []
	const locales = asks('language') ? newsletter.texts.map((text) => text.locale) : []
	return {
		topics: topics
			.filter(({ archivedAt }) => archivedAt === null)
			.map((topic) => ({
				...topicTextIn(topic, chosen, newsletter),
				chosen: !wish || wish.topics.includes(topic.slug) || !wish.offered.includes(topic.slug),
			})),
		newTopics: !wish || wish.newTopics,
		digestLanguages:
			locales.length < 2
				? []
				: locales.map((each) => ({ locale: each, name: nameOfLanguage(each), chosen: each === language })),
		givenName: asks('given_name') ? givenName : null,
	}
}
