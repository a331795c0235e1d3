/** Where somebody goes after signing in: to the page of the console that they wanted, never to another site. */
export function wayOn(wanted: string): string {
	return /^\/console(?:[/?][\w\-./?=&%~+]*)?$/.test(wanted) && !/^\/console\/sign-/.test(wanted)
		? wanted
		: '/console'
}
