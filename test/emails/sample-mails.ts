import type { DigestMail, MailCatalog, MailNewsletter, MailStory } from '../../emails/catalog.ts'

type SampleLocale = 'en' | 'fr'

const newsletters: Record<SampleLocale, MailNewsletter & { postalAddress: string; contact: string }> = {
	en: {
		name: 'Field Notes',
		description: 'What volunteers and partners are doing, every month.',
		colour: '#0b6e63',
		logoUrl: 'https://cooperation.example/logo.png',
		fromName: 'Baobab Cooperation',
		postalAddress: 'Baobab Cooperation\n120 Main Street East\nMontreal QC  H2X 1K4\nCanada',
		contact: 'hello@cooperation.example',
		publicUrl: 'https://envoi.cooperation.example/newsletters/field-notes/en',
	},
	fr: {
		name: 'Carnets de terrain',
		description: 'Ce que font volontaires et partenaires, chaque mois.',
		colour: '#0b6e63',
		logoUrl: 'https://cooperation.example/logo.png',
		fromName: 'Coopération Baobab',
		postalAddress: 'Coopération Baobab\n120, rue Principale Est\nMontréal (Québec)  H2X 1K4\nCanada',
		contact: 'bonjour@cooperation.example',
		publicUrl: 'https://envoi.cooperation.example/newsletters/field-notes/fr',
	},
}

function story(number: number, changes: Partial<MailStory>): MailStory {
	return {
		title: `Story ${number}`,
		link: `https://www.cooperation.example/stories/${number}?from=feed&n=${number}`,
		summary: 'A summary.',
		imageUrl: null,
		imageAlt: null,
		author: null,
		publishedAt: new Date(Date.UTC(2022, 9, 18 - number, 9)),
		locale: 'en',
		sourceName: null,
		categories: [],
		...changes,
	}
}

const stories: Record<SampleLocale, MailStory[]> = {
	en: [
		story(1, {
			title: 'In Saly, volunteering for development looks at itself: four days of IVCO 2022',
			summary:
				'From 16 to 19 October, volunteer organisations from 40 countries met in Senegal. They spoke less about numbers than about who decides: what a partner may ask for, and what a volunteer should leave behind.',
			imageUrl: 'https://cooperation.example/pictures/ivco.jpg',
			imageAlt: 'Participants in a workshop sit in a circle under a baobab',
			author: 'Awa Diop',
			categories: ['Volunteering', 'Senegal'],
		}),
		story(2, {
			title: 'Mangroves return to the delta, one seedling at a time',
			summary:
				'Women’s groups in three villages have replanted 14 hectares. The fish came back first.\n\nNext comes honey: the first hives are in place.',
			imageUrl: 'https://cooperation.example/pictures/mangroves.jpg',
			author: 'Ousmane Sarr',
			sourceName: 'Partners’ news',
		}),
		story(3, {
			title: 'Une école d’été pour les jeunes conseillères municipales',
			summary: 'Trente élues de moins de 30 ans ont passé une semaine à lire des budgets communaux.',
			locale: 'fr',
			categories: ['Égalité'],
		}),
		story(4, {
			title: 'Call for volunteers: two accountants for Cochabamba',
			summary: 'Six months from February, Spanish needed, flights and lodging paid.',
			imageUrl: 'https://cooperation.example/pictures/cochabamba.jpg',
			imageAlt: 'The town of Cochabamba seen from above',
			categories: ['Opportunities'],
		}),
	],
	fr: [
		story(1, {
			title: 'À Saly, le volontariat se regarde en face : quatre jours d’IVCO 2022',
			summary:
				'Du 16 au 19 octobre, des organismes de volontariat de 40 pays se sont réunis au Sénégal. On y a moins parlé de chiffres que de décision : ce qu’un partenaire peut demander, et ce qu’un volontaire devrait laisser derrière lui.',
			imageUrl: 'https://cooperation.example/pictures/ivco.jpg',
			imageAlt: 'Les participantes d’un atelier assises en cercle sous un baobab',
			author: 'Awa Diop',
			categories: ['Volontariat', 'Sénégal'],
			locale: 'fr',
		}),
		story(2, {
			title: 'La mangrove revient dans le delta, un plant à la fois',
			summary:
				'Dans trois villages, des groupements de femmes ont reboisé 14 hectares. Les poissons sont revenus les premiers.\n\nViendra ensuite le miel : les premières ruches sont en place.',
			imageUrl: 'https://cooperation.example/pictures/mangroves.jpg',
			author: 'Ousmane Sarr',
			sourceName: 'Nouvelles des partenaires',
			locale: 'fr',
		}),
		story(3, {
			title: 'A summer school for young councillors',
			summary: 'Thirty women under 30 spent a week reading municipal budgets.',
			categories: ['Equality'],
		}),
	],
}

/** A newsletter of an organisation that doesn’t exist, with what is given changed. */
export function sampleNewsletter(locale: SampleLocale, changes: Partial<MailNewsletter> = {}) {
	const newsletter = newsletters[locale]
	return { ...newsletter, ...changes, postalAddress: newsletter.postalAddress, contact: newsletter.contact }
}

/** A digest with stories in both languages, with and without pictures. */
export function sampleDigest(locale: SampleLocale, changes: Partial<DigestMail> = {}): DigestMail {
	return {
		newsletter: sampleNewsletter(locale),
		subject: {
			en: 'Four days in Saly, and mangroves that return',
			fr: 'Quatre jours à Saly, et des mangroves qui reviennent',
		}[locale],
		preheader: {
			en: 'Also: a school for councillors, and two vacancies.',
			fr: 'Aussi : une école pour les conseillères.',
		}[locale],
		date: new Date('2022-10-20T13:00:00Z'),
		timeZone: 'America/Toronto',
		stories: stories[locale],
		greeting: null,
		links: {
			unsubscribe: 'https://envoi.example/u/1.2.abc',
			preferences: 'https://envoi.example/preferences/1.2.def',
			webVersion: 'https://envoi.example/digests/d7',
		},
		...changes,
	}
}

/** One story like those of a digest, with what is given changed. */
export function sampleStory(changes: Partial<MailStory> = {}): MailStory {
	return story(9, changes)
}

/** Every mail, filled. */
export function sampleMails(locale: SampleLocale): MailCatalog {
	const newsletter = sampleNewsletter(locale)
	const confirmUrl = 'https://envoi.example/confirm/4fJq0v1bY2nUe7mXc9ZkQ3sTtW8aLrPd5oHgKiEjB6M'
	const consentWording = {
		en: `I agree to receive “${newsletter.name}” by e-mail.\nI can leave at any time.`,
		fr: `J’accepte de recevoir « ${newsletter.name} » par courriel.\nJe peux me désabonner à tout moment.`,
	}[locale]
	const requestUrl = 'https://envoi.example/requests/4fJq0v1bY2nUe7mXc9ZkQ3sTtW8aLrPd5oHgKiEjB6M'
	return {
		digest: sampleDigest(locale),
		confirm: { newsletter, consentWording, confirmUrl, validHours: 72 },
		'already-active': { newsletter, unsubscribeUrl: 'https://envoi.example/u/1.2.abc' },
		suppressed: { newsletter, consentWording, confirmUrl, validHours: 36 },
		'still-wanted': { newsletter, consentWording, confirmUrl, validHours: 72 },
		reminder: { newsletter, consentWording, confirmUrl, validHours: 72 },
		choices: { newsletter, preferencesUrl: 'https://envoi.example/preferences/1.2.def' },
		welcome: {
			newsletter,
			next: new Date('2026-12-03T12:00:00Z'),
			timeZone: 'America/Toronto',
			topics: 'all',
			stories: stories[locale],
			mayAnswer: true,
			links: {
				unsubscribe: 'https://envoi.example/u/1.2.abc',
				preferences: 'https://envoi.example/preferences/1.2.def',
			},
		},
		'change-address': { newsletter, requestUrl, validHours: 72 },
		'address-changed': { newsletter, requestUrl, validHours: 168 },
		'send-data': { newsletter, requestUrl, validHours: 72 },
		erase: { newsletter, requestUrl, validHours: 72 },
		'staff-invitation': { newsletter, requestUrl, validHours: 168 },
		'staff-password': { newsletter, requestUrl, validHours: 24 },
		...sampleStaffMails(locale),
	}
}

/** What staff is told of. */
function sampleStaffMails(locale: SampleLocale) {
	const newsletter = sampleNewsletter(locale)
	const console = 'https://envoi.example/console'
	const mail = (path: string, words: Record<string, string | number>) => ({
		newsletter,
		words: { newsletter: newsletter.name, ...words },
		url: `${console}${path}`,
		holdUrl: null,
		accountUrl: `${console}/account`,
	})
	const title = {
		en: 'Four days in Saly, and mangroves that return',
		fr: 'Quatre jours à Saly, et des mangroves qui reviennent',
	}[locale]
	const since = {
		en: 'Monday 23 November, 04:10 (Eastern Time)',
		fr: 'lundi 23 novembre, 4\u00a0h\u00a010 (heure de l’Est)',
	}[locale]
	const [when, before] = [since, since]
	const counts = { accepted: 16_791, planned: 16_863, due: 0, returned: 70, doubt: 2 }
	const draft = mail('/drafts/7', { state: 'goes', stories: 6, time: '09:00', when, before })
	return {
		'staff-draft': { ...draft, holdUrl: `${console}/drafts/7/hold` },
		'staff-approval': mail('/drafts/7/check', { state: 'asked', name: 'Claire Roy', note: '' }),
		'staff-source': mail('/newsletters/news/sources', {
			source: 'https://cooperation.example/feed.xml',
			since,
			state: 'failing',
		}),
		'staff-stall': mail('/digests/7', { state: 'stalled', title, since, ...counts }),
		'staff-finished': mail('/digests/7', { title, ...counts }),
		'staff-returned': mail('/newsletters/news/alerts', {
			...{ state: 'digest', title, relay: '', events: 210 },
			planned: counts.planned,
		}),
		'staff-webhook': mail('/webhooks/3', { host: 'crm.example.org', state: 'failing' }),
		'staff-attack': mail('/newsletters/news/alerts', {
			...{ state: 'on', cap: 'domain', tries: 2_300, networks: 41 },
			...{ domain: 'example.net', domains: 3 },
		}),
		'staff-signups': mail('/newsletters/news/readers', { count: 2_300, usual: 12 }),
		'staff-import': mail('/newsletters/news/imports/3', {
			state: 'done',
			file: 'readers.csv',
			added: 2_300,
			unusable: 12,
			out: 40,
		}),
	}
}
