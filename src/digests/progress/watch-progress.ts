import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../../kernel/log.ts'
import type { LiveProgress } from './live-progress.ts'
import { createRateWindow, type RateWindow } from './rate-window.ts'

/** How far a digest is and how fast it goes. */
export type WatchedProgress<Progress extends LiveProgress = LiveProgress> = Progress & {
	/** Deliveries brought to an end a second, over the last half minute; null at the first look. */
	rate: number | null
	/** How long the rest takes at this rate; null where that can't be said. */
	secondsLeft: number | null
}

export type ProgressWatch<Progress extends LiveProgress = LiveProgress> = {
	/**
	 * What a digest looks like now, then each time it has changed, until it is over or the signal is given. Who is slow
	 * misses what lies between.
	 */
	follow(digestId: number, signal: AbortSignal): AsyncGenerator<WatchedProgress<Progress>>
}

type WatchOptions<Progress> = { read(digestId: number): Promise<Progress>; log: Log; everyMs?: number }

type Watch<Progress extends LiveProgress> = {
	watchers: Set<() => void>
	latest: WatchedProgress<Progress> | undefined
	/** Given when the last watcher has left. */
	left: AbortController
}

const windowSeconds = 30

/** Looks at each digest that is watched about every second, once for all who watch it; at none that nobody watches. */
export function createProgressWatch<Progress extends LiveProgress>({
	read,
	log,
	everyMs = 1_000,
}: WatchOptions<Progress>): ProgressWatch<Progress> {
	const watches = new Map<number, Watch<Progress>>()

	function startWatch(digestId: number): Watch<Progress> {
		const watch: Watch<Progress> = { watchers: new Set(), latest: undefined, left: new AbortController() }
		watches.set(digestId, watch)
		keepLooking(digestId, watch).finally(() => forget(digestId, watch))
		return watch
	}

	async function keepLooking(digestId: number, watch: Watch<Progress>): Promise<void> {
		const window = createRateWindow(windowSeconds)
		while (!watch.left.signal.aborted) {
			try {
				watch.latest = withRate(await read(digestId), window)
				for (const wake of watch.watchers) wake()
				if (watch.latest.over) return
			} catch (error) {
				log.warn({ digestId, err: error }, 'the progress of a digest can’t be read')
			}
			await wait(everyMs, undefined, { signal: watch.left.signal, ref: false }).catch(() => {})
		}
	}

	function forget(digestId: number, watch: Watch<Progress>): void {
		if (watches.get(digestId) === watch) watches.delete(digestId)
	}

	return {
		async *follow(digestId, signal) {
			const watch = watches.get(digestId) ?? startWatch(digestId)
			let wake = () => {}
			const wakeUp = () => wake()
			const leave = () => {
				wake()
				watch.watchers.delete(wakeUp)
				if (watch.watchers.size > 0) return
				forget(digestId, watch)
				watch.left.abort()
			}
			watch.watchers.add(wakeUp)
			signal.addEventListener('abort', leave)
			try {
				let shown = ''
				while (!signal.aborted) {
					const text = JSON.stringify(watch.latest) ?? ''
					if (watch.latest && text !== shown) {
						shown = text
						yield watch.latest
					} else if (watch.latest?.over) return
					else
						await new Promise<void>((resolve) => {
							wake = resolve
						})
				}
			} finally {
				signal.removeEventListener('abort', leave)
				leave()
			}
		},
	}
}

function withRate<Progress extends LiveProgress>(
	progress: Progress,
	window: RateWindow,
): WatchedProgress<Progress> {
	const { accepted, refused, inDoubt, bounced, complained, due, over } = progress
	const ended = accepted + refused + inDoubt + bounced + complained
	const rate = window.add(performance.now() / 1000, ended)
	const rounded = rate === null ? null : Math.round(rate * 10) / 10
	const secondsLeft = over || due === 0 ? 0 : rounded ? Math.ceil(due / rounded) : null
	return { ...progress, rate: rounded, secondsLeft }
}
