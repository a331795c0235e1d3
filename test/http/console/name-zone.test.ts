import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { nameZone } from '../../../src/http/console/name-zone.ts'
import { loadMessages } from '../../../src/kernel/messages.ts'

const messages = loadMessages(fileURLToPath(new URL('../../../src/strings/', import.meta.url)))

it('A time zone is called by its city, as each language writes it', () => {
	expect(nameZone(messages, 'en', 'America/Montreal')).toBe('Montréal time')
	expect(nameZone(messages, 'fr', 'America/Montreal')).toBe('heure de Montréal')
	expect(nameZone(messages, 'fr', 'Europe/London')).toBe('heure de Londres')
	expect(nameZone(messages, 'fr', 'Africa/Cairo')).toBe('heure du Caire')
	expect(nameZone(messages, 'fr', 'Africa/Abidjan')).toBe('heure d’Abidjan')
	expect(nameZone(messages, 'en', 'America/New_York')).toBe('New York time')
	expect(nameZone(messages, 'fr', 'UTC')).toBe('UTC')
})

it('Every time zone has a name without an underscore, and in French none is “de A…”', () => {
	const zones = Intl.supportedValuesOf('timeZone')
	expect(zones.length).toBeGreaterThan(400)
	for (const zone of zones) {
		for (const locale of messages.locales) expect(nameZone(messages, locale, zone)).toMatch(/^[^_/]+$/)
		expect(nameZone(messages, 'fr', zone)).not.toMatch(/\bde (?:[aeiouéè]|le )/i)
	}
})
