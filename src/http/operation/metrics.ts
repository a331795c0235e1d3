import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../kernel/app-error.ts'
import { describeErrors } from '../api/staff-answers.ts'
import { defineRoute, type RequestContext, type Route } from '../server/route.ts'

export type MetricsDeps = {
	metrics: { read(): Promise<{ text: string; contentType: string }> }
	config: { metricsToken: string | undefined }
}

/** `/metrics`: what this process has done and how the queues and digests stand, for Prometheus. */
export function metricsRoutes({ metrics, config }: MetricsDeps): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/metrics',
			tag: 'Operation',
			summary: 'Metrics for Prometheus',
			description:
				'With the setting METRICS_TOKEN, for who gives it as a bearer token; without it, only on the machine itself and through no proxy.',
			access: 'public',
			responses: {
				200: { description: 'In the text format of Prometheus', contentType: 'text/plain' },
				...describeErrors(401, 404),
			},
			handle: async ({ request }) => {
				requireReader(request, config.metricsToken)
				return { ...(await metrics.read()), headers: { 'Cache-Control': 'no-store' } }
			},
		}),
	]
}

function requireReader({ header, direct }: RequestContext, token: string | undefined): void {
	if (token === undefined) {
		if (!direct) throw new AppError('not_found', 'errors.not_found')
		return
	}
	const given = /^Bearer +(\S+)$/i.exec(header('authorization') ?? '')?.[1] ?? ''
	// hashes have one length, and are compared in constant time
	const digest = (text: string) => createHash('sha256').update(text).digest()
	if (!timingSafeEqual(digest(given), digest(token))) {
		throw new AppError('unauthenticated', 'errors.metrics.token')
	}
}
