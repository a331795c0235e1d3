import { type RawBuilder, sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DeliveryState } from '../../kernel/enumerations.ts'
import { mailProviders, patternOf } from './mail-providers.ts'

/** How many providers of a digest have figures of their own. */
const named = 8
/** A domain that fewer readers have stays among the others: its figures would be a person's. */
const leastReaders = 3

/** SQL for `providerOf`. */
function providerOfDomain(domain: RawBuilder<string>): RawBuilder<string | null> {
	const cases = mailProviders.map(
		(provider) => sql`when ${domain} ~ ${patternOf(provider)} then ${provider.name}`,
	)
	return sql`case ${sql.join(cases, sql` `)} end`
}

/**
 * Common table expressions that say which place the domains have of those whom a digest is planned for: `placed` (domain,
 * place). They read `candidates` (domain, reason), and keep the places with the digest.
 */
export function placingProviders(digestId: RawBuilder<unknown>): RawBuilder<unknown> {
	return sql`domains as (
			select domain, ${providerOfDomain(sql`domain`)} as provider, count(*) as readers
			from candidates where reason is null group by domain
		), providers as (
			select *, row_number() over (order by own desc, readers desc, name) as place from (
				select coalesce(provider, domain) as name, sum(readers) as readers,
					bool_or(provider is not null) or sum(readers) >= ${leastReaders} as own
				from domains group by 1
			) grouped
		), placed as (
			select d.domain, d.readers, p.name, case when p.own and p.place <= ${named} then p.place else 0 end as place
			from domains d join providers p on p.name = coalesce(d.provider, d.domain)
		), kept as (
			insert into digest_providers (digest_id, place, name, domains, planned)
			select ${digestId}, place, case when place = 0 then '' else min(name) end, count(*), sum(readers)
			from placed group by place
		)`
}

export type ProviderCounts = {
	name: string
	domains: number
	planned: number
	tallies: Partial<Record<DeliveryState, number>>
}

/** The providers of a digest, those with most readers first and the others last, with what became of their deliveries. */
export async function selectProviders(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<ProviderCounts[]> {
	const { rows } = await sql<ProviderCounts>`
		select p.name, p.domains, p.planned, coalesce(t.tallies, '{}') as tallies
		from digest_providers p
		left join (
			select provider, jsonb_object_agg(state, count) as tallies
			from (
				select provider, state, sum(count)::float8 as count
				from provider_tallies where digest_id = ${digestId} group by 1, 2
			) by_state group by 1
		) t on t.provider = p.place
		where p.digest_id = ${digestId}
		order by p.place = 0, p.place`.execute(db)
	return rows
}

/** Makes one row each of the rows of many connections: the digest's deliveries are gone, and none is counted any more. */
export async function foldProviderTallies(tx: DatabaseOrTransaction, digestId: number): Promise<void> {
	await sql`
		with gone as (delete from provider_tallies where digest_id = ${digestId} returning provider, state, count)
		insert into provider_tallies (digest_id, backend, provider, state, count)
		select ${digestId}, -1, provider, state, sum(count) from gone group by provider, state`.execute(tx)
}
