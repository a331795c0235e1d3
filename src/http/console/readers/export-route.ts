import { exportReaders, type ReaderOfNewsletter } from '../../../subscriptions/index.ts'
import { consoleTag, defineRoute, type Route } from '../../server/route.ts'
import { writeCsv } from '../../server/write-csv.ts'
import { findOwnNewsletter } from '../describe-frame.ts'
import { slugOnly } from '../route-parts.ts'
import { describeStanding } from './describe-standing.ts'
import { type FilterChoices, readFilterChoices, typedFilters, understandFilters } from './filter-input.ts'
import type { ReadersPageDeps } from './routes.ts'

const columns = ['address', 'language', 'state', 'topics', 'left_out', 'rhythm', 'since', 'source', 'site']

/** The readers that the filters ask for, all of them, as a table for spreadsheets. */
export function exportRoute(deps: ReadersPageDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'subscribers.read' },
		...{ method: 'get', path: '/console/newsletters/{slug}/readers.csv', params: slugOnly },
		summary: 'Readers as a table',
		query: typedFilters,
		responses: { 200: { description: 'A line a reader', contentType: 'text/csv' } },
		handle: async ({ params, query, request }) => {
			const newsletter = await findOwnNewsletter(deps, request, params.slug)
			const choices = await readFilterChoices(deps, newsletter)
			const { wish } = understandFilters(newsletter, choices, { ...query, after: undefined })
			const parts = await exportReaders(deps, wish, request.actor)
			return {
				parts: toCsv(parts, choices, deps.clock.now()),
				contentType: 'text/csv',
				headers: { 'Content-Disposition': `attachment; filename="${newsletter.slug}-readers.csv"` },
			}
		},
	})
}

async function* toCsv(
	parts: AsyncIterable<readonly ReaderOfNewsletter[]>,
	{ topics }: FilterChoices,
	now: Date,
): AsyncGenerator<string> {
	yield writeCsv([columns])
	for await (const readers of parts) {
		yield writeCsv(
			readers.map((reader) => {
				const named = topics.filter(({ id }) => reader.topicIds.includes(id)).map(({ slug }) => slug)
				return [
					reader.address,
					reader.locale,
					describeStanding(reader, now).name,
					reader.allTopics ? 'all' : named.join(' '),
					reader.allTopics ? named.join(' ') : '',
					reader.rhythm,
					reader.since,
					reader.source,
					reader.sourceHost,
				]
			}),
		)
	}
}
