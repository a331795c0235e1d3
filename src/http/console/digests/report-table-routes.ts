import { z } from 'zod'
import { providersOfDigest } from '../../../deliveries/index.ts'
import { type Digest, liveProgress } from '../../../digests/index.ts'
import type { Database } from '../../../kernel/database.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { writeCsv } from '../../server/write-csv.ts'
import { describeTwelve } from './describe-digest.ts'
import type { DigestPagesDeps } from './routes.ts'

const params = z.object({ id: z.coerce.number().int().positive() })
const path = '/console/digests/{id}'

/** The report of a digest as tables for spreadsheets: beside those before it, and by mail provider. */
export function reportTableRoutes(
	deps: DigestPagesDeps,
	findOwn: (deps: { db: Database }, request: RequestContext, id: number) => Promise<Digest>,
): Route[] {
	const table = (
		name: 'report' | 'providers',
		summary: string,
		read: (digest: Digest) => Promise<Parameters<typeof writeCsv>[0]>,
	) =>
		defineRoute({
			tag: consoleTag,
			access: { console: 'digests.read' },
			...{ method: 'get', path: `${path}/${name}.csv`, params, summary },
			responses: { 200: { description: 'A table', contentType: 'text/csv' } },
			handle: async ({ params, request }): Promise<Answer> => {
				const digest = await findOwn(deps, request, params.id)
				return {
					text: writeCsv(await read(digest)),
					contentType: 'text/csv',
					headers: { 'Content-Disposition': `attachment; filename="digest-${params.id}-${name}.csv"` },
				}
			},
		})
	return [
		table('report', 'The last twelve digests as a table', (digest) => readTwelve(deps, digest)),
		table('providers', 'A digest by mail provider as a table', (digest) => readProviders(deps, digest)),
	]
}

const counts = ['planned', 'accepted', 'refused', 'came_back', 'complaints', 'in_doubt'] as const

type Counted = Record<'planned' | 'accepted' | 'refused' | 'bounced' | 'complained' | 'inDoubt', number>

function countsOf({ planned, accepted, refused, bounced, complained, inDoubt }: Counted): number[] {
	return [planned, accepted, refused, bounced, complained, inDoubt]
}

async function readTwelve(deps: DigestPagesDeps, digest: Digest) {
	const rows = await describeTwelve(deps, digest)
	return [
		['digest', 'date', ...counts, 'left'],
		...rows.map((row) => [row.id, row.createdAt, ...countsOf(row), row.left]),
	]
}

async function readProviders(deps: DigestPagesDeps, digest: Digest) {
	const rows = await providersOfDigest(deps, digest.id)
	const all = await liveProgress(deps, digest.id)
	return [
		['provider', 'domains', ...counts, 'still_to_go'],
		...rows.map((row) => [row.name || 'others', row.domains, ...countsOf(row), row.due]),
		['all', rows.reduce((sum, { domains }) => sum + domains, 0), ...countsOf(all), all.due],
	]
}
