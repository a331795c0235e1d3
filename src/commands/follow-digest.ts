import { setTimeout as wait } from 'node:timers/promises'
import type { ProgressAnswer } from '../http/routes/digest-answers.ts'
import type { CommandContext } from './command-context.ts'
import type { StaffApi } from './with-staff-api.ts'

/** `waiting`: what is left has been put off by a relay for longer than a person waits. */
export type Followed = { progress: ProgressAnswer; waiting: boolean }

const barWidth = 24
const askEveryMs = 250
const sayEveryMs = 5_000
const patientMs = 60_000

/**
 * Waits for a digest and shows how far it is: in a terminal on one line that is drawn anew, else in a line now and
 * then. Ends when it is completed, or when nothing has moved for a minute.
 */
export async function followDigest(api: StaffApi, id: number, context: CommandContext): Promise<Followed> {
	const display = createDisplay(context)
	let settled = -1
	let movedAt = Date.now()
	for (;;) {
		const progress = await api.get<ProgressAnswer>(`/digests/${id}`)
		const now = settledOf(progress)
		if (now !== settled || progress.counts.sending > 0) movedAt = Date.now()
		settled = now
		const completed = progress.state === 'completed' || progress.state === 'cancelled'
		const waiting = !completed && Date.now() - movedAt > patientMs
		display.show(progress, completed || waiting)
		if (completed || waiting) return { progress, waiting }
		await wait(askEveryMs)
	}
}

function settledOf({ counts }: ProgressAnswer): number {
	return counts.accepted + counts.refused + counts.inDoubt + counts.bounced + counts.complained
}

function createDisplay({ io: { stderr }, t, locale }: CommandContext) {
	const startedAt = Date.now()
	const number = (count: number) => new Intl.NumberFormat(locale).format(Math.round(count))
	let saidAt = 0

	const line = (progress: ProgressAnswer): string => {
		const { counts, state } = progress
		if (state === 'planning') return t('digest.planning')
		const settled = settledOf(progress)
		const seconds = Math.max((Date.now() - startedAt) / 1000, 0.001)
		const rate = settled / seconds
		const left = rate > 0 ? counts.due / rate : 0
		return t('digest.progress', {
			bar: drawBar(settled, counts.planned),
			settled: number(settled),
			planned: number(counts.planned),
			accepted: number(counts.accepted),
			refused: number(counts.refused),
			inDoubt: number(counts.inDoubt),
			rate: number(rate),
			seconds: Math.ceil(left),
		})
	}

	return {
		show: (progress: ProgressAnswer, last: boolean) => {
			if (stderr.isTTY) {
				const text = line(progress).slice(0, Math.max(20, stderr.columns - 1))
				stderr.write(`\r\u001b[2K${text}${last ? '\n' : ''}`)
			} else if (last || Date.now() - saidAt >= sayEveryMs) {
				saidAt = Date.now()
				stderr.write(`${line(progress)}\n`)
			}
		},
	}
}

function drawBar(done: number, all: number): string {
	const filled = all === 0 ? barWidth : Math.floor((done / all) * barWidth)
	return `[${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}]`
}
