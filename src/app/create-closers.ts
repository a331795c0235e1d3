import type { Log } from '../kernel/log.ts'

type Close = () => unknown

/** What a process has open, to be closed in reverse order, once. */
export type Closers = { add(...closers: Close[]): void; close(): Promise<void> }

/** What fails to close is logged, and the rest is closed all the same. */
export function createClosers(log: Log): Closers {
	const opened: Close[] = []
	let closing: Promise<void> | undefined
	const closeAll = async () => {
		for (const close of [...opened].reverse()) {
			try {
				await close()
			} catch (error) {
				log.error({ err: error }, 'a part did not close')
			}
		}
	}
	return {
		add: (...closers) => void opened.push(...closers),
		close: () => {
			closing ??= closeAll()
			return closing
		},
	}
}
