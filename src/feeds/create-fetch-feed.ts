import { Agent, type Dispatcher } from 'undici'
import { type Clock, systemClock } from '../kernel/clock.ts'
import type { FeedValidators, FetchedFeed, FetchFeed } from '../kernel/fetch-feed.ts'
import { cleanText } from './clean-text.ts'
import { createFeedParser, type FeedParser } from './create-feed-parser.ts'
import { FeedFailure } from './feed-failure.ts'
import { createGuardedConnector, type ResolveHost, resolveHost } from './guarded-connector.ts'
import { type FeedLimits, feedLimits } from './limits.ts'
import { readBody } from './read-body.ts'
import { readRetryAfter } from './read-retry-after.ts'
import { discard, type FeedResponse, requestFeed, single } from './request-feed.ts'
import { shortenText } from './shorten-text.ts'

export type FetchFeedOptions = {
	/** `host` or `host:port` that may be fetched though they are inside a private network. */
	allowedHosts: readonly string[]
	/** Whom the owner of a source can write to; sent with each request, empty for nobody. */
	contact: string
	publicUrl: string
	limits?: Partial<FeedLimits>
	/** By what a date in Retry-After is measured. */
	clock?: Clock
	/** For tests: stands in for the resolver of the system. */
	resolve?: ResolveHost
}

/** How long to wait where a server asks for patience and doesn't say how much. */
const PATIENCE_SECONDS = 3_600

/** The way feeds come in: polite, bounded, and to public addresses only (mail-rules T4). */
export function createFetchFeed(options: FetchFeedOptions): FetchFeed {
	const limits = { ...feedLimits, ...options.limits }
	const dispatcher = new Agent({
		connect: createGuardedConnector({
			allowedHosts: options.allowedHosts,
			resolve: options.resolve ?? resolveHost,
			connectTimeoutMs: limits.connectTimeoutMs,
		}),
		// no connection outlives its answer: a source is asked a few times an hour, and nothing is left to close
		pipelining: 0,
	})
	const userAgent = formatUserAgent(options)
	const { clock = systemClock } = options
	const reading: Reading = {
		limits,
		clock,
		parser: createFeedParser(limits),
		secure: options.publicUrl.startsWith('https:'),
	}

	return async (url, validators) => {
		const signal = AbortSignal.timeout(limits.fetchTimeoutMs)
		try {
			const { maxRedirects } = limits
			const answer = await requestFeed(url, validators, { dispatcher, signal, userAgent, maxRedirects })
			return await readAnswer(answer, reading)
		} catch (error) {
			return toFailure(error, signal.aborted)
		}
	}
}

// RFC 9110 §10.1.5: a product and a comment; header values are ASCII
function formatUserAgent({ publicUrl, contact }: FetchFeedOptions): string {
	const comment = [publicUrl && `+${publicUrl}`, contact].filter(Boolean).join('; ')
	return `Envoi (${comment.replace(/[^\x20-\x7e]|[()\\]/g, '')})`
}

type Reading = { limits: FeedLimits; clock: Clock; parser: FeedParser; secure: boolean }

async function readAnswer(answer: FeedResponse, reading: Reading): Promise<FetchedFeed> {
	const { response, movedTo } = answer
	const { statusCode: status, headers } = response
	if (status === 200) return readFeed(answer, reading)
	discard(response)
	if (status === 304) return { kind: 'unchanged', movedTo }
	if (status === 410) return { kind: 'gone' }
	const retryAfterSeconds = readRetryAfter(single(headers['retry-after']), reading.clock.now())
	const reason = `HTTP ${status}`
	if (status === 429)
		return { kind: 'later', retryAfterSeconds: retryAfterSeconds ?? PATIENCE_SECONDS, reason }
	if (status === 503 && retryAfterSeconds !== undefined) return { kind: 'later', retryAfterSeconds, reason }
	return { kind: 'failed', reason: 'status', detail: reason }
}

async function readFeed(
	{ response, url, movedTo }: FeedResponse,
	{ limits, clock, parser, secure }: Reading,
): Promise<FetchedFeed> {
	const { headers, body } = response
	const packing = { encoding: single(headers['content-encoding']), length: single(headers['content-length']) }
	const bytes = await readBody(body, packing, limits.maxBytes)
	const contentType = single(headers['content-type']) ?? null
	const outcome = await parser.parse({ bytes, url: url.href, contentType, now: clock.now(), secure })
	if (outcome.kind === 'failed') return outcome
	return { kind: 'feed', feed: outcome.feed, validators: readValidators(headers), movedTo }
}

function readValidators(headers: Dispatcher.ResponseData['headers']): FeedValidators {
	return { etag: sendable(single(headers.etag)), lastModified: sendable(single(headers['last-modified'])) }
}

/** A validator that can be sent back byte for byte; without one the feed is asked for whole. */
function sendable(value: string | undefined): string | null {
	return value && /^[\x20-\x7e]{1,1000}$/.test(value) ? value : null
}

function toFailure(error: unknown, timedOut: boolean): FetchedFeed {
	if (error instanceof FeedFailure) return { kind: 'failed', reason: error.reason, detail: error.message }
	const code = codeOf(error)
	const isTimeout = timedOut || /^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$/.test(code) || code === 'ETIMEDOUT'
	if (isTimeout) return { kind: 'failed', reason: 'timeout', detail: 'no complete answer in time' }
	const words = error instanceof Error ? error.message : ''
	// the codes of the parser of HTTP mean nothing to anybody else
	const detail = code.startsWith('HPE_') ? `no proper HTTP: ${words || code}` : code || words || 'no answer'
	return { kind: 'failed', reason: 'unreachable', detail: shortenText(cleanText(detail), 300) }
}

/** The code of an error, or of what caused it; empty where there is none. */
function codeOf(error: unknown): string {
	if (!(error instanceof Error)) return ''
	const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
	const [first] = error instanceof AggregateError ? error.errors : [error.cause]
	return code || codeOf(first)
}
