import { z } from 'zod'
import type { Actor } from '../../kernel/actor.ts'
import type { Log } from '../../kernel/log.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Permission } from '../../kernel/permissions.ts'
import type { SignedIn } from '../../staff/index.ts'
import type { FramedPageName, PageData } from './page-data.ts'
import type { PageName } from './page-names.ts'
import type { FileStream } from './read-file-stream.ts'
import type { EventSource } from './send-events.ts'

/**
 * Who may call a route: anyone; staff that has the permission, with an API key or at the machine itself; or who is signed
 * in to the console in a browser and has the permission, or any (`member`).
 */
export type Access = 'public' | { permission: Permission } | { console: Permission | 'member' }

/** The heading of the console's pages, which are for people and stand in no API document. */
export const consoleTag = 'Console'

/**
 * `upload`: a form with a file, from our own pages. `stream`: a file of any size, as it comes in; its schema is `fileBody`. `raw`: whatever its type, as the bytes that came in, for signatures are made of those; its schema is
 * `rawBody`.
 */
export type BodyType = 'json' | 'urlencoded' | 'multipart' | 'upload' | 'raw' | 'stream'

/** The schema of a body that is taken as bytes. */
export const rawBody = z
	.custom<Buffer>((value) => Buffer.isBuffer(value))
	.meta({ override: { type: 'string', format: 'binary' } })

/** The schema of a file that is read as it streams in, once. */
export const fileBody = z
	.custom<FileStream>((value) => typeof value === 'object' && value !== null && 'content' in value)
	.meta({ override: { type: 'string', format: 'binary' } })

/**
 * One route, described once: what it takes is checked by the same schemas that the OpenAPI document is made of.
 * Paths are written as OpenAPI does: `/newsletters/{slug}`.
 */
export type RouteDefinition<
	Params extends z.ZodType = z.ZodType,
	Query extends z.ZodType = z.ZodType,
	Body extends z.ZodType = z.ZodType,
	Headers extends z.ZodType = z.ZodType,
> = {
	method: 'get' | 'post' | 'put' | 'patch' | 'delete'
	path: `/${string}`
	/** A heading of the API document. */
	tag: string
	summary: string
	description?: string
	access: Access
	/**
	 * Which origins' scripts may call it from their pages, by its parameters; none where nothing is said. It must heed no cookie.
	 */
	crossOrigin?: (origin: string, params: Readonly<Record<string, unknown>>) => Promise<boolean>
	/** Whether its forms are taken from our own pages only. Routes of the console do so anyway. */
	ownPagesOnly?: boolean
	params?: Params
	query?: Query
	/** Headers that it heeds, by their names in lower case. */
	headers?: Headers
	body?: Body
	/** The encodings that a body may come in; JSON where nothing is said. */
	bodyTypes?: readonly BodyType[]
	/** Whether a request without any body is fine: `body` then gets an empty object. */
	bodyOptional?: boolean
	/** The largest body taken, in bytes; 64 KiB where nothing is said, 1 MiB from staff who are signed in. */
	maxBodyBytes?: number
	responses: Record<number, RouteResponse>
	handle: (
		input: RouteInput<z.output<Params>, z.output<Query>, z.output<Body>, z.output<Headers>>,
	) => Promise<Answer> | Answer
}

export type RouteResponse = {
	description: string
	/** The shape of the answer, JSON where no `contentType` is given; without either it is empty. */
	schema?: z.ZodType
	contentType?: string
	/** Whether the schema is for who asks for JSON, and else it is a page. */
	orPage?: boolean
}

export type RouteInput<Params = unknown, Query = unknown, Body = unknown, Headers = unknown> = {
	params: Params
	query: Query
	body: Body
	headers: Headers
	request: RequestContext
}

/** What a handler may know of the request beyond its checked input. */
export type RequestContext = {
	id: string
	ip: string
	log: Log
	/** The person's language; a handler that knows better sets it, so that errors speak it too. */
	locale: Locale
	/** The language the browser asks for, among those given; undefined where none fits. */
	negotiateLocale(among: readonly Locale[]): Locale | undefined
	header(name: string): string | undefined
	cookie(name: string): string | undefined
	/** Who acts. Throws on public routes, where nobody is known. */
	readonly actor: Actor
	/** Who is signed in, on the pages of the console; throws on all other routes. */
	readonly signedIn: SignedIn
	/** Whether it was made on this machine, through no proxy. */
	direct: boolean
	path: string
}

export type CookieSetting = { name: string; value: string; maxAgeSeconds: number; path?: string }

/** A page with its data. */
export type PageAnswer = {
	[Name in PageName]: { page: Name; locale: Locale; data: PageData[Name]; framed?: never }
}[PageName]

/** What a handler answers. A page is a template by its audience and name, with its data. */
export type Answer = {
	status?: number
	headers?: Record<string, string>
	cookies?: readonly CookieSetting[]
	/** `mail`: the HTML of a mail, whose styles stand in it; no script at all. */
	policy?: 'page' | 'mail' | 'mail_without_pictures'
	/** The origin that a form of the page may lead on to, once we have taken it: browsers heed `form-action` there, too. */
	formsLeadTo?: string
} & (
	| PageAnswer
	| { page: FramedPageName; locale: Locale; framed: true }
	| { json: unknown }
	| { text: string; contentType: string }
	| { bytes: Uint8Array; contentType: string }
	| { events: EventSource }
	| { parts: AsyncIterable<string | Uint8Array>; contentType: string }
	| { redirect: string }
	| { empty: true }
)

/** A route of any input, as lists hold them. */
// biome-ignore lint/suspicious/noExplicitAny: the inputs differ from route to route; each was checked where it was defined
export type Route = RouteDefinition<any, any, any, any>

/** Gives a route back with the types of its input inferred. */
export function defineRoute<
	Params extends z.ZodType,
	Query extends z.ZodType,
	Body extends z.ZodType,
	Headers extends z.ZodType,
>(route: RouteDefinition<Params, Query, Body, Headers>): Route {
	return route
}

/** What pages that a link with a token opens must answer with (mail-rules T1). */
export const privatePageHeaders: Record<string, string> = {
	'Cache-Control': 'no-store',
	'Referrer-Policy': 'no-referrer',
	'X-Robots-Tag': 'noindex',
}
