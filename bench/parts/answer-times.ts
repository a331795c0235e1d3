import { setTimeout as wait } from 'node:timers/promises'

export type AnswerTimes = { requests: number; p50: number; p99: number }

let asked = 0

/**
 * Subscribes new addresses over HTTP at a steady pace, whether or not the answers keep up, and gives milliseconds from
 * when each request was due to its whole answer.
 */
export async function measureAnswers(
	url: string,
	{ seconds, perSecond }: { seconds: number; perSecond: number },
): Promise<AnswerTimes> {
	const times: number[] = []
	const requests: Promise<void>[] = []
	const begun = performance.now()
	for (let index = 0; index < seconds * perSecond; index++) {
		const due = begun + (index * 1_000) / perSecond
		await wait(Math.max(0, due - performance.now()))
		requests.push(subscribeOnce(url).then(() => void times.push(performance.now() - due)))
	}
	await Promise.all(requests)
	times.sort((a, b) => a - b)
	const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
	return { requests: times.length, p50: at(0.5), p99: at(0.99) }
}

async function subscribeOnce(url: string): Promise<void> {
	asked += 1
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ email: `visitor${asked}@visitors${asked % 50}.example`, locale: 'en' }),
	})
	await response.text()
	if (response.status !== 202) throw new Error(`a subscribe request was answered ${response.status}`)
}
