const packed =
	/<((?:[\w.-]{1,20}:)?(?:content|summary|title|tagline))\b([^<>]{0,500}?\smode\s*=\s*["']base64["'][^<>]{0,500})>([A-Za-z0-9+/=\s]{0,5000000})<\/\1\s*>/g

/** An Atom 0.3 feed whose texts in Base64 (`mode="base64"`, §3.1.3 of its draft) stand there as any other escaped text. */
export function withoutBase64(xml: string): string {
	if (!xml.includes('base64')) return xml
	return xml.replace(packed, (_, tag: string, attributes: string, content: string) => {
		const text = Buffer.from(content, 'base64').toString('utf8')
		const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
		return `<${tag}${attributes.replace(/mode\s*=\s*["']base64["']/, 'mode="escaped"')}>${escaped}</${tag}>`
	})
}
