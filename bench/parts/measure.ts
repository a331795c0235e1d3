import type { ReadyMessage } from '../../src/kernel/mail.ts'

/** A message as the baseline is given it. */
export type StoredMessage = { envelope: ReadyMessage['envelope']; raw: string }

/** What a measured process tells of itself when it is done. */
export type Measured = { messages: number; seconds: number; cpuSeconds: number; peakMb: number }

/** Times some work of this process: wall clock, CPU, and the most memory that was resident meanwhile. */
export async function measure(messages: number, work: () => Promise<void>): Promise<Measured> {
	const cpuBefore = process.cpuUsage()
	const begun = performance.now()
	let peak = process.memoryUsage.rss()
	const sampling = setInterval(() => {
		peak = Math.max(peak, process.memoryUsage.rss())
	}, 50)
	await work()
	clearInterval(sampling)
	const seconds = (performance.now() - begun) / 1_000
	const cpu = process.cpuUsage(cpuBefore)
	return {
		messages,
		seconds,
		cpuSeconds: (cpu.user + cpu.system) / 1e6,
		peakMb: Math.max(peak, process.memoryUsage.rss()) / 2 ** 20,
	}
}

/** Hands the result to the process that started this one. */
export function tell(measured: Measured): void {
	process.send?.(measured)
	process.disconnect?.()
}
