import type { ProgressEvent } from '../http/api/index.ts'
import { formatTimeOfDay } from '../kernel/format-moment.ts'
import type { CommandContext } from './command-context.ts'

const barWidth = 24
const sayEveryMs = 10_000

/** How many deliveries have come to their end. */
export function endedOf({ accepted, refused, inDoubt, bounced, complained }: ProgressEvent): number {
	return accepted + refused + inDoubt + bounced + complained
}

/** Shows how far a digest is: in a terminal on one line that is drawn anew, else in a line every 10 seconds. */
export function createProgressDisplay({ io: { stderr }, t, locale }: CommandContext) {
	const number = (count: number) => new Intl.NumberFormat(locale).format(count)
	let saidAt = Number.NEGATIVE_INFINITY
	let said = ''
	let latest = ''

	const line = (progress: ProgressEvent): string => {
		const { state, planned, accepted, refused, inDoubt, due, rate, secondsLeft, stalledSince } = progress
		if (state === 'planning') return t('digest.planning')
		const ended = endedOf(progress)
		const sums = t('digest.progress', {
			bar: drawBar(ended, planned),
			ended: number(ended),
			planned: number(planned),
			accepted: number(accepted),
			refused: number(refused),
			inDoubt: number(inDoubt),
			due: number(due),
		})
		return [
			sums,
			rate !== null && t('digest.rate', { rate: number(rate) }),
			secondsLeft !== null && t('digest.left', { time: formatSeconds(secondsLeft, locale) }),
			stalledSince !== null && t('digest.stalled_now', { time: formatTime(stalledSince, locale) }),
		]
			.filter(Boolean)
			.join(' · ')
	}

	const say = () => {
		said = latest
		saidAt = Date.now()
		stderr.write(`${latest}\n`)
	}

	return {
		show: (progress: ProgressEvent) => {
			latest = line(progress)
			if (stderr.isTTY) {
				stderr.write(`\r\u001b[2K${latest.slice(0, Math.max(20, stderr.columns - 1))}`)
			} else if (Date.now() - saidAt >= sayEveryMs) say()
		},
		/** Says the last of it, where that has not been said. */
		end: () => {
			if (latest === '') return
			if (stderr.isTTY) stderr.write('\n')
			else if (said !== latest) say()
		},
	}
}

/** A bar that is full only when nothing is left. */
function drawBar(done: number, all: number): string {
	const filled = all === 0 ? barWidth : Math.max(0, Math.min(barWidth, Math.floor((done / all) * barWidth)))
	return `[${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}]`
}

/** The largest units, two at most: `1 hr 20 min`, `45 sec`. */
function formatSeconds(seconds: number, locale: string): string {
	const parts = (
		[
			['hour', Math.floor(seconds / 3600)],
			['minute', Math.floor((seconds % 3600) / 60)],
			['second', seconds % 60],
		] as const
	).filter(([unit, count]) => count > 0 || (unit === 'second' && seconds === 0))
	return parts
		.slice(0, 2)
		.map(([unit, count]) => new Intl.NumberFormat(locale, { style: 'unit', unit }).format(count))
		.join(' ')
}

function formatTime(instant: string, locale: string): string {
	return formatTimeOfDay(new Date(instant), { locale })
}
