import type { Config } from '../config.ts'

/** All that the settings hold and that must stand in no log. */
export function secretsOf(config: Config): string[] {
	const urls = [config.databaseUrl, config.redisUrl, config.imap?.url, ...(config.smtpUrl ?? '').split(/\s+/)]
	const found = [
		...urls.flatMap((url) => passwordsOf(url ?? '')),
		config.secretKey,
		config.metricsToken,
		config.openId?.clientSecret,
		...config.linkSecrets.map(({ secret }) => secret),
		...Object.values(config.webhookSecrets),
		...config.dkimKeys.flatMap(({ privateKey }) =>
			privateKey.split('\n').filter((line) => line !== '' && !line.startsWith('-----')),
		),
	]
	return found.flatMap((secret) => secret || [])
}

function passwordsOf(url: string): string[] {
	const { password = '', searchParams } = URL.parse(url) ?? {}
	const given = searchParams?.get('password') ?? ''
	return [password, decodeURIComponent(password), given]
}
