/** A story of the sample organisation in its two languages. `image` is a file of `images/`. */
export type DemoStory = {
	id: string
	daysAgo: number
	image?: string
	en: DemoText
	fr: DemoText
}

export type DemoText = { title: string; summary: string; author: string; imageAlt: string }

/** The newest first. All persons but the organisations of the conference are invented. */
export const demoStories: readonly DemoStory[] = [
	{
		id: 'ivco-2022',
		daysAgo: 1,
		image: 'conference.png',
		en: {
			title: 'What IVCO 2022 in Senegal changed in how we volunteer',
			summary:
				'From 16 to 19 October 2022 the volunteering conference IVCO met in Senegal, co-organised by Carrefour International and the International Bureau for Children’s Rights, with CECI taking part. We asked three of our partners what has become of the promises made there.',
			author: 'Aminata Faye',
			imageAlt: 'A meeting under a large tree, seen from afar',
		},
		fr: {
			title: 'Ce qu’IVCO 2022, au Sénégal, a changé dans notre volontariat',
			summary:
				'Du 16 au 19 octobre 2022, la conférence sur le volontariat IVCO s’est tenue au Sénégal, coorganisée par Carrefour International et le Bureau international des droits des enfants, avec la participation du CECI. Nous avons demandé à trois de nos partenaires ce que sont devenues les promesses qui y ont été faites.',
			author: 'Aminata Faye',
			imageAlt: 'Une assemblée sous un grand arbre, vue de loin',
		},
	},
	{
		id: 'seed-bank',
		daysAgo: 3,
		image: 'field.png',
		en: {
			title: 'A seed bank run by forty women feeds three valleys',
			summary:
				'When the rains came six weeks late, the cooperative lent out the millet it had put aside. Every family that borrowed has now brought back the same measure, and a handful more.',
			author: 'Rosa Quispe',
			imageAlt: 'Terraced fields in the evening light',
		},
		fr: {
			title: 'Une banque de semences tenue par quarante femmes nourrit trois vallées',
			summary:
				'Quand les pluies sont arrivées avec six semaines de retard, la coopérative a prêté le mil qu’elle avait mis de côté. Chaque famille a depuis rapporté la même mesure, et une poignée de plus.',
			author: 'Rosa Quispe',
			imageAlt: 'Des champs en terrasses dans la lumière du soir',
		},
	},
	{
		id: 'night-school',
		daysAgo: 6,
		en: {
			title: 'Night school on a fishing quay',
			summary:
				'Classes begin when the boats are in. Since March, sixty-two young fishers have learnt to read a weather chart, keep accounts and write the letter that their town hall could not ignore.',
			author: 'Jean-Baptiste Louis',
			imageAlt: '',
		},
		fr: {
			title: 'L’école du soir sur un quai de pêche',
			summary:
				'Les cours commencent quand les bateaux sont rentrés. Depuis mars, soixante-deux jeunes pêcheurs ont appris à lire une carte météo, à tenir leurs comptes et à écrire la lettre que la mairie n’a pas pu ignorer.',
			author: 'Jean-Baptiste Louis',
			imageAlt: '',
		},
	},
	{
		id: 'water-committee',
		daysAgo: 9,
		image: 'water.png',
		en: {
			title: 'Who repairs the well? A water committee answers',
			summary:
				'Two years after the pump was installed it still works, and that is the news. The committee collects a small fee, trains two mechanics a year and publishes its accounts on the door.',
			author: 'Salma Benali',
			imageAlt: 'A well with its bucket, hills behind it',
		},
		fr: {
			title: 'Qui répare le puits ? Un comité de l’eau répond',
			summary:
				'Deux ans après son installation, la pompe fonctionne encore, et c’est cela, la nouvelle. Le comité perçoit une petite cotisation, forme deux mécaniciens par an et affiche ses comptes sur la porte.',
			author: 'Salma Benali',
			imageAlt: 'Un puits et son seau, des collines à l’arrière-plan',
		},
	},
	{
		id: 'youth-radio',
		daysAgo: 12,
		en: {
			title: 'Ten minutes of radio that stopped a rumour',
			summary:
				'A false alarm about vaccines went round the district in a day. It took the youth radio one programme, two nurses and a great deal of patience to answer every question on the air.',
			author: 'Grace Mwale',
			imageAlt: '',
		},
		fr: {
			title: 'Dix minutes de radio pour arrêter une rumeur',
			summary:
				'Une fausse alerte sur les vaccins a fait le tour du district en une journée. Il a fallu à la radio des jeunes une émission, deux infirmières et beaucoup de patience pour répondre à toutes les questions à l’antenne.',
			author: 'Grace Mwale',
			imageAlt: '',
		},
	},
	{
		id: 'volunteer-letters',
		daysAgo: 15,
		en: {
			title: 'Letters from three volunteers on their first month',
			summary:
				'An accountant, a midwife and a beekeeper left in September. They write of what they had packed for nothing, what they had forgotten, and whom they now owe a cup of tea.',
			author: 'Claire Gagnon',
			imageAlt: '',
		},
		fr: {
			title: 'Lettres de trois volontaires sur leur premier mois',
			summary:
				'Un comptable, une sage-femme et une apicultrice sont partis en septembre. Ils racontent ce qu’ils avaient emporté pour rien, ce qu’ils avaient oublié, et à qui ils doivent désormais une tasse de thé.',
			author: 'Claire Gagnon',
			imageAlt: '',
		},
	},
]

/** What is published after the first digest. */
export const laterStory: DemoStory = {
	id: 'school-kitchen',
	daysAgo: 0,
	image: 'kitchen.png',
	en: {
		title: 'A school kitchen opens, and attendance doubles',
		summary:
			'The first meal was rice, beans and far too much ginger. Three weeks later two hundred children come to class who used to walk home at noon, and the ginger is under control.',
		author: 'Thierry Ilunga',
		imageAlt: 'Steaming pots in a row',
	},
	fr: {
		title: 'Une cantine ouvre, et la fréquentation de l’école double',
		summary:
			'Le premier repas : du riz, des haricots et beaucoup trop de gingembre. Trois semaines plus tard, deux cents enfants qui rentraient chez eux à midi restent en classe, et le gingembre est sous contrôle.',
		author: 'Thierry Ilunga',
		imageAlt: 'Des marmites fumantes alignées',
	},
}
