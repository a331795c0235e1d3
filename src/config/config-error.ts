import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import type { MessageParams } from '../kernel/app-error.ts'
import { type Locale, loadMessages, type Messages } from '../kernel/messages.ts'

/** A setting and what is wrong with it: `problem` is a key of the texts, and its sentence begins with the name. */
export type SettingProblem = { name: string; problem: string; params?: MessageParams }

/** Settings that can't be used: the message lists each with what is wrong, a line a setting. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError'
	readonly problems: readonly SettingProblem[]

	constructor(problems: readonly SettingProblem[]) {
		super(explainProblems(problems, 'en', ownMessages()))
		this.problems = problems
	}

	/** The message in a person's language. */
	explain(locale: Locale, messages: Messages): string {
		return explainProblems(this.problems, locale, messages)
	}
}

let messages: Messages | undefined

/** Read at the first problem: nothing is open yet that could have them. */
function ownMessages(): Messages {
	messages ??= loadMessages(fileURLToPath(new URL('../strings/', import.meta.url)))
	return messages
}

function explainProblems(problems: readonly SettingProblem[], locale: Locale, messages: Messages): string {
	const lines = problems.map(
		({ name, problem, params }) => `  ${name} ${messages.text(locale, problem, params)}`,
	)
	return [messages.text(locale, 'errors.setting.unusable_settings'), ...lines].join('\n')
}

/** What zod found, in our words: its own are for developers, and in English. */
export function problemsOf(error: z.ZodError | undefined): SettingProblem[] {
	return (error?.issues ?? []).map((issue) => {
		const ours = issue.message.startsWith('errors.')
		const params = issue.code === 'custom' ? (issue.params as MessageParams | undefined) : undefined
		return {
			name: issue.path.join('.'),
			problem: ours ? issue.message : 'errors.setting.unusable',
			...(params && { params }),
		}
	})
}
