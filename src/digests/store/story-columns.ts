/** What of a story is shown, and by what its translations are found. */
export const storyColumns = [
	'stories.id as id',
	'locale',
	'title',
	'link',
	'summary',
	'image_url as imageUrl',
	'image_alt as imageAlt',
	'author',
	'published_at as publishedAt',
	'categories',
	'translation_group as translationGroup',
] as const
