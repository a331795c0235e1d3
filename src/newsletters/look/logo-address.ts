import type { Newsletter } from '../newsletter.ts'

/** How large a picture is shown, in the units of CSS. */
export type ShownSize = { width: number; height: number }

/** The path of an uploaded logo: as its name is made from its bytes, it may be kept for ever. */
export function logoPath({ hash }: { hash: string }): string {
	return `/logos/${hash}.png`
}

/** What mails show as logo: the uploaded one, else the picture at the address that was given. */
export function logoInMail(
	{ publicUrl }: { publicUrl: string },
	{ logo, logoUrl }: Pick<Newsletter, 'logo' | 'logoUrl'>,
): { logoUrl: string | null; logoSize: ShownSize | null } {
	if (!logo) return { logoUrl, logoSize: null }
	return { logoUrl: publicUrl + logoPath(logo), logoSize: fitLogo(logo, { width: 220, height: 40 }) }
}

/** Shown at half of its pixels at most, so that it is sharp on any screen. */
export function fitLogo({ width, height }: ShownSize, within: ShownSize): ShownSize {
	const factor = Math.min(within.width / width, within.height / height, 0.5)
	return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
}
