/** Where the link of an invitation, or of a forgotten password, leads. */
export function welcomeUrl({ config }: { config: { publicUrl: string } }, token: string): string {
	return `${config.publicUrl}/console/welcome/${token}`
}
