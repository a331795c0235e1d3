import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { createStateGauges, type StateReaders } from './create-state-gauges.ts'
import type { CountSend, OutcomeClass } from './measuring-mailer.ts'

/** What this process has done since it started, and what the database and the queues say when they are asked. */
export type Metrics = {
	countSend: CountSend
	countRequest(request: AnsweredRequest): void
	/** Everything in the text format of Prometheus; who asks at the same time shares one look. */
	read(): Promise<{ text: string; contentType: string }>
}

export type AnsweredRequest = {
	method: string
	/** The pattern, never the path: a path holds ids and tokens. */
	route: string
	status: number
	/** Undefined where the answer is a stream, which lasts as long as someone listens. */
	seconds: number | undefined
}

const outcomes: readonly OutcomeClass[] = [
	'accepted',
	'captured',
	'refused_temporary',
	'refused_permanent',
	'not_sent',
	'in_doubt',
]
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

export type MetricsReaders = StateReaders & {
	/** How far this machine's clock is ahead of the database's; undefined where it is the same clock. */
	clockOffsetSeconds?: (() => number | undefined) | undefined
	/** Whether mail is kept instead of sent. */
	capturesMail: boolean
}

/** Counts of one process. Labels are few and fixed: no address, no id. */
export function createMetrics(version: string, readers: MetricsReaders): Metrics {
	const registry = new Registry()
	const { messages, sendSeconds } = createSendMetrics(registry)
	const { requests, requestSeconds } = createRequestMetrics(registry)
	const gauges = createStateGauges(registry, readers)
	createMailGauge(registry, readers.capturesMail)
	if (readers.clockOffsetSeconds) createClockGauge(registry, readers.clockOffsetSeconds)
	let reading: Promise<{ text: string; contentType: string }> | undefined
	let first = true

	async function readAll() {
		// what measures the process costs a little all the time: only processes that are asked pay for it
		if (first) collectDefaultMetrics({ register: registry })
		first = false
		await gauges.refresh()
		return { text: await registry.metrics(), contentType: registry.contentType }
	}

	const build = { name: 'envoi_build_info', help: 'Always 1; the version stands in the label.' }
	new Gauge({ ...build, labelNames: ['version'], registers: [registry] }).set({ version }, 1)

	return {
		countSend: (kind, outcome, seconds) => {
			messages.inc({ kind, outcome })
			sendSeconds.observe({ kind }, seconds)
		},
		countRequest: ({ method, route, status, seconds }) => {
			const known = methods.includes(method) ? method : 'other'
			requests.inc({ method: known, route, status })
			if (seconds !== undefined) requestSeconds.observe({ method: known, route }, seconds)
		},
		read: () => {
			reading ??= readAll().finally(() => {
				reading = undefined
			})
			return reading
		},
	}
}

function createSendMetrics(registry: Registry) {
	const messages = new Counter({
		name: 'envoi_messages_total',
		help: 'Messages that this process handed to the relay, by what became of them.',
		labelNames: ['kind', 'outcome'],
		registers: [registry],
	})
	const sendSeconds = new Histogram({
		name: 'envoi_send_duration_seconds',
		help: 'How long a message took from the mailer to the reply of the relay, waiting for a connection included.',
		labelNames: ['kind'],
		buckets: [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600],
		registers: [registry],
	})
	for (const kind of ['digest', 'notice'] as const) {
		for (const outcome of outcomes) messages.inc({ kind, outcome }, 0)
		sendSeconds.zero({ kind })
	}
	return { messages, sendSeconds }
}

function createRequestMetrics(registry: Registry) {
	const requests = new Counter({
		name: 'envoi_http_requests_total',
		help: 'Requests that were answered, by the pattern of their route.',
		labelNames: ['method', 'route', 'status'],
		registers: [registry],
	})
	const requestSeconds = new Histogram({
		name: 'envoi_http_request_duration_seconds',
		help: 'How long an answer took; streams are left out.',
		labelNames: ['method', 'route'],
		buckets: [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10],
		registers: [registry],
	})
	return { requests, requestSeconds }
}

function createMailGauge(registry: Registry, captures: boolean): void {
	const gauge = new Gauge({
		name: 'envoi_mail',
		help: '1 for the way that mail takes: to a relay, or captured, where it reaches nobody.',
		labelNames: ['mail'],
		registers: [registry],
	})
	gauge.set({ mail: 'relay' }, captures ? 0 : 1)
	gauge.set({ mail: 'captured' }, captures ? 1 : 0)
}

function createClockGauge(registry: Registry, read: () => number | undefined): void {
	new Gauge({
		name: 'envoi_clock_offset_seconds',
		help: 'How far the clock of this machine is ahead of the database’s; negative where it is behind.',
		registers: [registry],
		collect() {
			this.set(read() ?? Number.NaN)
		},
	})
}
