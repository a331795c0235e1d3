import { setTimeout as wait } from 'node:timers/promises'
import type { ProgressAnswer } from '../../src/http/api/digests/digest-answers.ts'

export type StaffAnswers = {
	/** Triggers a digest with an Idempotency-Key and gives its id. */
	trigger(slug: string, key: string): Promise<number>
	progress(digestId: number): Promise<ProgressAnswer>
}

/** Asks the staff API at a URL; an API that is being started again is asked again for some seconds. */
export function staffAnswers(url: string, apiKey: string): StaffAnswers {
	const ask = async <Answer>(path: string, request: RequestInit = {}): Promise<Answer> => {
		for (let tries = 1; ; tries++) {
			try {
				const response = await fetch(`${url}/api/v1${path}`, {
					...request,
					headers: { ...request.headers, authorization: `Bearer ${apiKey}`, connection: 'close' },
					signal: AbortSignal.timeout(10_000),
				})
				if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
				return (await response.json()) as Answer
			} catch (error) {
				if (tries === 20) throw error
				await wait(250)
			}
		}
	}
	return {
		trigger: async (slug, key) => {
			const headers = { 'idempotency-key': key }
			const path = `/newsletters/${slug}/digests`
			const { digest } = await ask<{ digest: { id: number } }>(path, { method: 'POST', headers })
			return digest.id
		},
		progress: (digestId) => ask<ProgressAnswer>(`/digests/${digestId}`),
	}
}
