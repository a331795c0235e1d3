/** How visitors come: in which language, on which width, with scripts or without. The first two have one of each. */
export const manners = [
	{ locale: 'en', width: 320, scripts: true },
	{ locale: 'fr', width: 1280, scripts: false },
	{ locale: 'fr', width: 1280, scripts: true },
	{ locale: 'en', width: 1280, scripts: false },
	{ locale: 'fr', width: 320, scripts: true },
	{ locale: 'en', width: 320, scripts: false },
	{ locale: 'en', width: 1280, scripts: true },
	{ locale: 'fr', width: 320, scripts: false },
] as const
