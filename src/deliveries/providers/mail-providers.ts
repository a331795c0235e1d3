/** A mail provider that readers know by name: which domains are its own. */
export type MailProvider = {
	name: string
	domains: readonly string[]
	/** First parts of domains that it has in many countries, as `hotmail` in hotmail.fr. */
	labels?: readonly string[]
}

/** Those that many readers of English and French newsletters have. */
export const mailProviders: readonly MailProvider[] = [
	{ name: 'Gmail', domains: ['gmail.com', 'googlemail.com'] },
	{
		name: 'Outlook, Hotmail',
		domains: ['msn.com', 'passport.com'],
		labels: ['outlook', 'hotmail', 'live', 'windowslive'],
	},
	{ name: 'Yahoo', domains: ['ymail.com', 'rocketmail.com'], labels: ['yahoo', 'aol'] },
	{ name: 'iCloud', domains: ['icloud.com', 'me.com', 'mac.com'] },
	{ name: 'Orange, Wanadoo', domains: ['orange.fr', 'wanadoo.fr', 'voila.fr'] },
	{ name: 'Free', domains: ['free.fr', 'libertysurf.fr', 'online.fr', 'aliceadsl.fr'] },
	{ name: 'La Poste', domains: ['laposte.net'] },
	{
		name: 'SFR',
		domains: ['sfr.fr', 'neuf.fr', 'cegetel.net', '9online.fr', 'club-internet.fr', 'numericable.fr'],
	},
	{ name: 'Bouygues', domains: ['bbox.fr'] },
	{ name: 'Vidéotron', domains: ['videotron.ca', 'videotron.qc.ca'] },
	{ name: 'Bell', domains: ['bell.net', 'sympatico.ca', 'sympatico.com'] },
	{ name: 'GMX', domains: ['mail.com'], labels: ['gmx'] },
	{ name: 'Proton', domains: ['proton.me', 'protonmail.com', 'protonmail.ch', 'pm.me'] },
]

const countries = '(com|net|[a-z]{2}|com?\\.[a-z]{2})'

/** What all domains of a provider match, for JavaScript and PostgreSQL alike. */
export function patternOf({ domains, labels = [] }: MailProvider): string {
	const whole = domains.map((domain) => domain.replaceAll('.', '\\.'))
	const begun = labels.length > 0 ? [`(${labels.join('|')})\\.${countries}`] : []
	return `^(${[...whole, ...begun].join('|')})$`
}

const known = mailProviders.map((provider) => ({
	name: provider.name,
	pattern: new RegExp(patternOf(provider)),
}))

/** Whose mail a domain is: a provider's name, else the domain itself. */
export function providerOf(domain: string): string {
	return known.find(({ pattern }) => pattern.test(domain))?.name ?? domain
}
