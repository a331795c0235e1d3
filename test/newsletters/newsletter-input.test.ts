import { describe, expect, it } from 'vitest'
import { newsletterChanges, newsletterInput } from '../../src/newsletters/index.ts'

const least = { slug: 'news', texts: { en: { name: 'News' } }, fromAddress: 'news@example.org' }

/** What is wrong, as `field: key`; empty where nothing is. */
function problems(extra: object): string[] {
	const result = newsletterInput.safeParse({ ...least, ...extra })
	if (result.success) return []
	return result.error.issues.map(({ path, message, code }) =>
		[path.join('.'), message.startsWith('errors.') ? message : code].join(': '),
	)
}

describe('a site', () => {
	it('is of the web, with a path or without, or of this machine itself', () => {
		const sites = [
			...['https://example.org', ' https://www.example.org:8443/en ', 'http://old.example.org'],
			...['http://localhost:8080', 'http://127.0.0.1:1', 'http://[::1]:1'],
		]
		expect(newsletterInput.parse({ ...least, sites }).sites).toEqual(sites.map((site) => site.trim()))
	})

	it.each([
		['www.example.org', 'https://www.example.org'],
		['https//example.org', 'https://example.org'],
		['https://me:secret@example.org/', 'https://example.org/'],
		['our site', 'https://www.example.org'],
		['', 'https://www.example.org'],
	])('that is typed as %j is told what would be right', (typed, better) => {
		const result = newsletterInput.safeParse({ ...least, sites: [typed] })
		expect(result.error?.issues).toMatchObject([{ params: { better } }])
	})
})

describe('what a newsletter is created from', () => {
	it('is little: a slug, a name and an address', () => {
		expect(newsletterInput.parse(least)).toEqual(least)
	})

	it.each([
		[{ slug: 'News' }, 'slug: errors.newsletter.slug'],
		[{ slug: 'a--b' }, 'slug: errors.newsletter.slug'],
		[{ slug: '-a' }, 'slug: errors.newsletter.slug'],
		[{ slug: 'a/../b' }, 'slug: errors.newsletter.slug'],
		[{ slug: 'x'.repeat(51) }, 'slug: too_big'],
		[{ texts: {} }, 'texts: errors.newsletter.no_text'],
		[{ texts: { de: { name: 'Neues' } } }, 'texts.de: errors.newsletter.locale_unknown'],
		[{ texts: { en: { name: 'Two\nlines' } } }, 'texts.en.name: errors.field.one_line'],
		[{ texts: { en: { name: 'A\u0000' } } }, 'texts.en.name: errors.field.one_line'],
		[{ texts: { en: { name: '\ud800' } } }, 'texts.en.name: errors.field.one_line'],
		[{ texts: { en: { name: 'N', fromName: 'News 🎉' } } }, 'texts.en.fromName: errors.newsletter.from_name'],
		[{ texts: { en: { name: 'N', fromName: 'a@b.org' } } }, 'texts.en.fromName: errors.newsletter.from_name'],
		[
			{ texts: { en: { name: 'N', subjectPattern: '{x}' } } },
			'texts.en.subjectPattern: errors.newsletter.pattern',
		],
		[
			{ texts: { en: { name: 'N', consentWording: 'a\u0007' } } },
			'texts.en.consentWording: errors.field.no_control',
		],
		[{ fromAddress: 'news' }, 'fromAddress: errors.address.no_at'],
		[{ fromAddress: 'a@b@example.org' }, 'fromAddress: errors.address.several_ats'],
		[{ fromAddress: 'a@example.org\nBcc: b@example.org' }, 'fromAddress: errors.address.control'],
		[{ replyTo: 'x@localhost' }, 'replyTo: errors.address.domain_not_a_name'],
		[{ listIdDomain: 'not a domain' }, 'listIdDomain: errors.newsletter.list_id_domain'],
		[{ colour: 'blue' }, 'colour: errors.newsletter.colour'],
		[{ colour: '#12345g' }, 'colour: errors.newsletter.colour'],
		[{ logoUrl: 'http://example.org/logo.png' }, 'logoUrl: errors.newsletter.logo_url'],
		[{ logoUrl: 'javascript:alert(1)' }, 'logoUrl: errors.newsletter.logo_url'],
		[{ sites: ['www.example.org'] }, 'sites.0: errors.newsletter.site'],
		[{ sites: ['https://example.org', 'https://intranet'] }, 'sites.1: errors.newsletter.site'],
		[{ sites: ['javascript:alert(1)'] }, 'sites.0: errors.newsletter.site'],
		[{ sites: ['https://exa mple.org'] }, 'sites.0: errors.newsletter.site'],
		[{ sites: ['https://a:b@example.org'] }, 'sites.0: errors.newsletter.site_with_password'],
		[{ sites: [`https://example.org/${'x'.repeat(300)}`] }, 'sites.0: too_big'],
		[{ storyLimit: 0 }, 'storyLimit: too_small'],
		[{ storyLimit: 1.5 }, 'storyLimit: invalid_type'],
		[{ storyOrder: 'random' }, 'storyOrder: invalid_value'],
		[{ schedule: { cron: 'often', timeZone: 'UTC' } }, 'schedule.cron: errors.newsletter.cron'],
		[
			{ schedule: { cron: '0 9 * * 1', timeZone: 'Mars/Base' } },
			'schedule.timeZone: errors.newsletter.time_zone',
		],
		[
			{ schedule: { cron: '0 9 * * 1', timeZone: '+05:00' } },
			'schedule.timeZone: errors.newsletter.time_zone',
		],
		[{ fromAddress: 'news@p\u0430ypal.com' }, 'fromAddress: errors.newsletter.mixed_script'],
		[{ replyTo: 'news@p\u0430ypal.com' }, 'replyTo: errors.newsletter.mixed_script'],
		[{ listIdDomain: 'lists.p\u0430ypal.com' }, 'listIdDomain: errors.newsletter.mixed_script'],
		[{ colours: '#000000' }, ': unrecognized_keys'],
	])('is refused where it can’t be used: %j', (extra, problem) => {
		expect(problems(extra)).toContain(problem)
	})

	it('is tidied: addresses with A-labels, colours in lower case, line breaks alike (F9)', () => {
		const input = newsletterInput.parse({
			...least,
			fromAddress: ' News@Exämple.ORG ',
			colour: '#AABBCC',
			postalAddress: ' 1 Main Street\r\nMontréal \r\n',
			listIdDomain: 'Lists.Exämple.org',
		})
		expect(input).toMatchObject({
			fromAddress: 'News@xn--exmple-cua.org',
			colour: '#aabbcc',
			postalAddress: '1 Main Street\nMontréal',
			listIdDomain: 'lists.xn--exmple-cua.org',
		})
	})

	it('tells every problem at once', () => {
		expect(problems({ slug: '?', colour: 'red', storyLimit: 1000 })).toHaveLength(3)
	})
})

describe('what may change of a newsletter', () => {
	it('is not its slug: the List-ID is made of it (H1)', () => {
		expect(newsletterChanges.safeParse({ slug: 'other' }).success).toBe(false)
	})

	it('may be taken away where it is no must', () => {
		const changes = { replyTo: null, logoUrl: null, contact: null, postalAddress: null, schedule: null }
		expect(newsletterChanges.parse(changes)).toEqual(changes)
		expect(newsletterChanges.safeParse({ fromAddress: null }).success).toBe(false)
	})
})
