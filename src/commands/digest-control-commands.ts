import type { Command } from 'commander'
import type { ProgressAnswer } from '../http/routes/digest-answers.ts'
import type { CommandContext } from './command-context.ts'
import { describeDigest } from './describe-digest.ts'
import { readId } from './read-argument.ts'

/** `envoi digest pause|resume|cancel`. */
export function addDigestControlCommands(group: Command, context: CommandContext): void {
	const { t, add, run } = context
	for (const action of ['pause', 'resume', 'cancel'] as const) {
		add(group, `${action} <id>`).action((id: string, options: { json?: boolean }) =>
			run(options, async (api) => {
				const json = await api.post<ProgressAnswer>(`/digests/${readId(id, t)}/${action}`)
				return { json, text: describeDigest(json, context) }
			}),
		)
	}
}
