import type { RequestListener } from 'node:http'
import { sql } from 'kysely'
import { lanesFor } from '../../workers/lanes-for.ts'
import type { App, AppOverrides } from '../app.ts'
import { freeBytesOf, requireRoom } from '../db/require-room.ts'
import {
	createFindFrame,
	createHttpApp,
	createRenderPage,
	healthRoutes,
	listRoutes,
	metricsRoutes,
} from '../http/index.ts'
import type { createMetrics } from '../metrics/create-metrics.ts'
import { authenticate, findSignedIn } from '../staff/index.ts'
import { needsFolder } from './data-folder.ts'
import type { Data } from './open-data.ts'

type HttpParts = {
	app: Omit<App, 'http'>
	folder: Data['folder']
	metrics: ReturnType<typeof createMetrics>
	version: string
}

/** Everything that answers HTTP, on the control socket of the data folder too. */
export function openHttp(
	overrides: AppOverrides,
	{ app, folder, metrics, version }: HttpParts,
): RequestListener {
	const { config, db, messages, log } = app
	const checks = {
		database: async () => {
			await sql`select 1`.execute(db)
			if (needsFolder(config, overrides)) requireRoom(freeBytesOf(config.dataDir), 'write')
		},
		queue: () => app.jobs.ping(),
		relay: () => app.mailer.verify(),
	}
	const http = createHttpApp({
		routes:
			overrides.routes === 'health'
				? [...healthRoutes({ ...app, checks }), ...metricsRoutes({ metrics, config })]
				: listRoutes({ ...app, lanes: lanesFor(app), checks, metrics, version }),
		messages,
		renderPage: createRenderPage(messages, { publicUrl: config.publicUrl }),
		findFrame: createFindFrame({ db, messages }),
		log,
		trustProxy: config.trustProxy,
		secure: config.publicUrl.startsWith('https:'),
		basePath: new URL(config.publicUrl).pathname.replace(/\/+$/, ''),
		isLocal: (socket) => folder?.isOurs(socket) ?? false,
		authenticate: (caller) => authenticate(app, caller),
		findSignedIn: (token) => findSignedIn(app, token),
		stopping: app.stopping,
		countRequest: metrics.countRequest,
	})
	folder?.serve(http)
	return http
}
