import { z } from 'zod'
import { sourceStates } from '../kernel/enumerations.ts'
import { localeInput, topicsInput, webAddress } from './input-parts.ts'

const fields = {
	url: webAddress.meta({
		description: 'The address of an RSS, Atom or JSON feed.',
		example: 'https://example.org/feed',
	}),
	locale: localeInput.meta({ description: 'The language its stories are in.', example: 'en' }),
	topics: topicsInput.meta({ description: 'What its stories are about.' }),
	includeLatest: z.int().min(0).max(100).meta({
		description:
			'What a source holds when it is first read is backlog and not mailed by itself; so many of its newest stories are taken as new.',
	}),
}

const { url, locale, ...others } = fields

export const sourceInput = z.strictObject({ url, locale, ...z.object(others).partial().shape })

/** What staff may change of a source. */
export const sourceChanges = z
	.strictObject({
		...fields,
		state: z.enum(sourceStates).exclude(['gone']).meta({ description: 'A paused source is not polled.' }),
	})
	.partial()

export type SourceInput = z.output<typeof sourceInput>
export type SourceChanges = z.output<typeof sourceChanges>
