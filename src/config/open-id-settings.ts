import { z } from 'zod'
import { openIdIssuer } from './url-settings.ts'

/** How staff signs in by a provider of OpenID Connect. */
export const openIdSettings = {
	OIDC_ISSUER: openIdIssuer.optional(),
	OIDC_CLIENT_ID: z.string().optional(),
	OIDC_CLIENT_SECRET: z.string().optional(),
	OIDC_NAME: z.string().max(60, 'errors.setting.oidc_name').optional(),
}

/** `name` is what the button says: the provider's host where nothing is set. */
export type OpenIdConfig = { issuer: string; clientId: string; clientSecret: string; name: string }

type Given = { [name in keyof typeof openIdSettings]?: string | undefined }

/** Undefined where nothing of it is set. */
export function readOpenId(set: Given): OpenIdConfig | undefined {
	const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = set
	if (!issuer || !clientId || !clientSecret) return undefined
	return { issuer, clientId, clientSecret, name: set.OIDC_NAME ?? new URL(issuer).hostname }
}

/** Which of the three that belong together is missing; undefined where none is. */
export function missingOpenId(set: Given): keyof Given | undefined {
	const needed = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const
	if (needed.every((name) => !set[name])) return undefined
	return needed.find((name) => !set[name])
}
