import { setTimeout as wait } from 'node:timers/promises'
import type { ImportAnswer } from '../http/api/index.ts'
import type { CommandContext } from './command-context.ts'
import type { StaffApi } from './with-staff-api.ts'

const askAgainMs = 300
const sayEveryMs = 10_000
const underWay: ReadonlyArray<ImportAnswer['state']> = ['checking', 'running', 'undoing']

/**
 * Waits for an import and shows how far it is: in a terminal on one line that is drawn anew. Ends when it is over, or when the next
 * thing it does is due later: where people are asked to confirm, a few a day, or none as sending is held.
 */
export async function followImport(
	api: Pick<StaffApi, 'get'>,
	id: number,
	{ io: { stderr }, t, locale }: CommandContext,
): Promise<ImportAnswer> {
	const number = (count: number) => new Intl.NumberFormat(locale).format(count)
	let saidAt = Date.now()
	for (;;) {
		const found = await api.get<ImportAnswer>(`/imports/${id}`)
		const { state, bytesRead, fileBytes, position, rows, nextAt, held } = found
		const isOver = !underWay.includes(state) || nextAt !== null || held !== null
		const share = state === 'checking' ? bytesRead / Math.max(fileBytes, 1) : position / Math.max(rows, 1)
		const percent = new Intl.NumberFormat(locale, { style: 'percent' }).format(Math.min(share, 1))
		const line = t(`import.progress.${state === 'checking' ? 'checking' : 'running'}`, {
			percent,
			rows: number(state === 'checking' ? rows : position),
		})
		if (stderr.isTTY) stderr.write(isOver ? '\r\u001b[2K' : `\r\u001b[2K${line}`)
		else if (!isOver && Date.now() - saidAt >= sayEveryMs) {
			saidAt = Date.now()
			stderr.write(`${line}\n`)
		}
		if (isOver) return found
		await wait(askAgainMs)
	}
}
