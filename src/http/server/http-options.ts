import type { Actor } from '../../kernel/actor.ts'
import type { Log } from '../../kernel/log.ts'
import type { Messages } from '../../kernel/messages.ts'
import type { SignedIn } from '../../staff/index.ts'
import type { FindFrame } from '../visitors/find-site.ts'
import type { RenderPage } from './render-page.ts'
import type { Route } from './route.ts'

/** What the Express application is made of. */
export type HttpOptions = {
	routes: readonly Route[]
	messages: Messages
	renderPage: RenderPage
	/** The look of pages that belong to no newsletter's route. */
	findFrame: FindFrame
	log: Log
	/** How many proxies stand in front, or which (Express `trust proxy`). */
	trustProxy: number | string
	/** Whether cookies are only for https. */
	secure: boolean
	/** The path of PUBLIC_URL, such as `/news`; empty where it has none. Redirects begin with it. */
	basePath: string
	/** Gives who calls a staff route, or throws `unauthenticated`. */
	authenticate(request: { authorization: string | undefined; local: boolean }): Promise<Actor>
	/** Gives who is signed in to the console with this session's token. */
	findSignedIn(token: string | undefined): Promise<SignedIn | undefined>
	/** Whether a connection came over the control socket of this machine, where everyone is the operator. */
	isLocal(socket: unknown): boolean
	/** Ends answers that would go on and on, when the process is about to stop. */
	stopping: AbortSignal
	/** Is told of each request once it is answered, or its client gone. */
	countRequest(request: AnsweredRequest): void
}

/** `seconds` is undefined for a stream, which lasts as long as someone listens. */
export type AnsweredRequest = { method: string; route: string; status: number; seconds: number | undefined }
