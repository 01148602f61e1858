"""What the demo shop sells, written by hand: the text that `catalogue.py` turns into items.

A heading opens a category; `lasting` marks things nobody buys the same of twice, `titled` things
known by a title of their own. Under it, a line is

    brands | what it is | variants | price of each variant

and stands for every brand with every variant: two brands and two variants are four items, titled
"brand what-it-is variant" (or "variant (what it is)" where `titled`). The later a brand stands, the
dearer it is (`catalogue.BRAND_STEP`).
"""

SHELVES = """
# Groceries
Corner & Co / Harrow Lane | breakfast tea | 80 bags / 160 bags | 2.40 / 4.30
Corner & Co / Bellweather | ground coffee | 227 g / 1 kg | 3.60 / 12.50
Corner & Co / Pasta Fiorella | penne | 500 g / 1 kg | 0.95 / 1.75
Corner & Co / Pasta Fiorella | chopped tomatoes | 4 tins / 12 tins | 2.60 / 7.20
Harrow Lane / Ottervale | porridge oats | 750 g / 1.5 kg | 1.60 / 2.80
Corner & Co / Ottervale | semi-skimmed long-life milk | 1 litre / 6 litres | 1.25 / 6.90
Harrow Lane / Ottervale | wildflower honey | 340 g / 700 g | 3.80 / 6.90

# Household
Brightwell / Fernley | washing-up liquid | 500 ml / 1 litre | 1.20 / 2.10
Brightwell / Fernley | laundry capsules | pack of 18 / pack of 42 | 5.50 / 11.00
Corner & Co / Softmere | toilet tissue | 9 rolls / 24 rolls | 4.75 / 10.95
Corner & Co / Softmere | kitchen roll | 2 rolls / 6 rolls | 2.20 / 5.40
Brightwell / Fernley | multi-surface spray | 500 ml / 750 ml refill | 1.90 / 2.40
Corner & Co / Stoutbag | bin liners | 30 litre / 50 litre | 2.30 / 3.20
Lumo / Everlite | AA batteries | pack of 4 / pack of 24 | 3.20 / 11.50

# Toiletries
Fenwick Bay / Aloe & Ash | shampoo | for fine hair / for dry hair | 3.40 / 3.60
Fenwick Bay / Aloe & Ash | shower gel | in sea salt / in fig leaf | 2.60 / 2.80
Dentra / Pearlwell | toothpaste | 75 ml / twin pack | 1.90 / 3.40
Dentra / Pearlwell | soft toothbrush | pack of 2 / pack of 4 | 2.75 / 4.90
Fenwick Bay / Aloe & Ash | hand cream | 75 ml / 200 ml | 3.20 / 6.40
Mallow / Fenwick Bay | cotton pads | pack of 100 / pack of 300 | 1.40 / 3.30

# Baking ingredients
Millbrook / Thornley Mill | strong white bread flour | 1.5 kg / 5 kg | 1.95 / 5.60
Millbrook / Thornley Mill | stoneground rye flour | 1 kg / 2.5 kg | 2.20 / 4.90
Millbrook / Sugarhouse | golden caster sugar | 500 g / 1 kg | 1.45 / 2.60
Sugarhouse / Petit Fournil | fondant icing | in white / in pastel pink | 2.60 / 2.90
Petit Fournil / Casa Cacao | dark chocolate drops | 250 g / 1 kg | 3.40 / 11.50
Millbrook / Petit Fournil | fast-action yeast | 8 sachets / 125 g tin | 1.10 / 2.30
Sugarhouse / Vanille & Fils | vanilla extract | 38 ml / 100 ml | 3.90 / 8.50

# Bakeware (lasting)
Hearthside / Nordbake | non-stick loaf tin | 1 lb / 2 lb | 6.50 / 8.50
Hearthside / Nordbake | springform cake tin | 20 cm / 23 cm | 9.50 / 11.00
Hearthside / Nordbake | muffin tray | 6 cup / 12 cup | 8.00 / 11.50
Hearthside / Ashdown Pottery | banneton proving basket | round / oval | 12.00 / 13.50
Hearthside / Nordbake | silicone baking mat | 30 cm / 40 cm | 7.50 / 10.50
Piquet / Nordbake | piping nozzle set | 12 pieces / 26 pieces | 9.00 / 15.50

# Cookware (lasting)
Aldous / Forge & Flame | cast-iron casserole | 24 cm in sage / 28 cm in cream | 79.00 / 99.00
Hearthside / Forge & Flame | stainless steel saucepan | 16 cm / 20 cm | 18.00 / 24.00
Hearthside / Aldous | non-stick frying pan | 24 cm / 28 cm | 19.00 / 24.00
Sakai Row / Forge & Flame | chef's knife | 16 cm / 20 cm | 32.00 / 44.00
Hearthside / Ashdown Pottery | stoneware oven dish | 26 cm / 33 cm | 16.00 / 22.00
Aldous / Sakai Row | acacia chopping board | small / large | 14.00 / 24.00

# Plant-based pantry
Green Larder / Tierra Verde | red lentils | 500 g / 2 kg | 1.70 / 5.20
Green Larder / Tierra Verde | chickpeas in water | 4 tins / 12 tins | 2.90 / 7.80
Oatfield / Green Larder | oat drink | barista 1 litre / 6 litres | 1.90 / 10.20
Soya & Sons / Green Larder | firm tofu | 280 g / smoked 225 g | 2.30 / 2.80
Green Larder / Nutwood | almond butter | 170 g / 1 kg | 3.60 / 15.50
Green Larder / Nutwood | nutritional yeast flakes | 125 g / 500 g | 3.20 / 9.50
Tierra Verde / Nutwood | quinoa | white 500 g / tricolour 500 g | 3.10 / 3.50
Soya & Sons / Tierra Verde | tamari sauce | 250 ml / 1 litre | 3.40 / 9.80

# Snacks and soft drinks
Crackle / Farmhouse Kettle | sea salt crisps | 6 pack / 24 pack | 1.90 / 6.80
Crackle / Farmhouse Kettle | cheese popcorn | 90 g / sharing bag | 1.40 / 2.20
Voltade / Redline | energy drink | 4 cans / 24 cans | 4.20 / 21.00
Pembury / Zing | cloudy lemonade | 750 ml / 6 cans | 1.80 / 4.40
Crackle / Casa Cacao | milk chocolate bar | 100 g / multipack of 5 | 1.30 / 4.90
Sweetcart / Pembury | sour fruit gums | 160 g / 1 kg tub | 1.50 / 6.90

# Video games (lasting, titled)
Ironlight | space strategy game | Outer Reach / Outer Reach II | 29.00 / 49.00
Ironlight | role-playing game | Ashen Crown / Ashen Crown deluxe edition | 44.00 / 64.00
Pixelfoundry | platform game | Lantern Fox / Moss & Ember | 24.00 / 32.00
Pixelfoundry | farming game | Willowdale / Harvest Bay | 19.00 / 29.00
Apex Garage | racing game | Night Circuit 4 / Rally Legends | 49.00 / 39.00
Northgate | football game | Matchday 25 / Matchday 26 | 34.00 / 59.00
Northgate | survival shooter | Dead Harbour / Coldfront | 39.00 / 54.00
Apex Garage | rhythm game | Neon Parade / Drumline | 24.00 / 29.00
Tilted Table | puzzle game | Glyphs / Clockwork House | 14.00 / 19.00

# Gaming gear (lasting)
Raze / Hexon | wireless controller | in black / in arctic white | 49.00 / 52.00
Raze / Hexon | gaming headset | wired / wireless | 45.00 / 89.00
Raze / Hexon | mechanical keyboard | compact / full size | 69.00 / 89.00
Raze / Hexon | gaming mouse | lightweight / with 12 buttons | 39.00 / 54.00
Hexon / Throne | gaming chair | in black / in red | 149.00 / 159.00
Raze / Voltgrip | controller charging dock | single / double | 17.00 / 26.00

# Baby care
Little Nest / Cloudlet | nappies | size 1 pack of 44 / size 3 pack of 70 | 6.50 / 12.50
Little Nest / Cloudlet | baby wipes | pack of 64 / 12 packs | 1.30 / 10.50
Little Nest / Ottervale | follow-on milk | 400 g / 800 g | 8.50 / 14.00
Cloudlet / Calmabub | barrier cream | 100 g / 400 g | 3.90 / 9.50
Tiny Spoon / Ottervale | fruit purée pouches | apple 6 pack / mango 6 pack | 5.20 / 5.60
Little Nest / Calmabub | baby bath wash | 250 ml / 500 ml | 3.20 / 5.20
Tiny Spoon / Calmabub | soft dummies | 0-6 months / 6-18 months | 5.50 / 5.50

# Nursery (lasting)
Little Nest / Cloudlet | cotton sleepsuits | newborn 3 pack / 6 months 3 pack | 13.00 / 14.00
Cloudlet / Bramble Bear | sleeping bag | 1 tog / 2.5 tog | 22.00 / 26.00
Little Nest / Bramble Bear | muslin squares | 6 pack / 12 pack | 9.50 / 16.00
Lullasound / Calmabub | baby monitor | audio / video | 39.00 / 99.00
Tiny Spoon / Lullasound | bottle steriliser | microwave / electric | 22.00 / 54.00
Bramble Bear / Fernhill | cot mobile | woodland / seaside | 24.00 / 24.00
Tiny Spoon / Fernhill | high chair | folding / wooden | 49.00 / 89.00

# Toys (lasting)
Bramble Bear / Timberkin | wooden train set | 20 pieces / 60 pieces | 18.00 / 39.00
Bricklet / Timberkin | building bricks | classic box / castle set | 22.00 / 45.00
Tilted Table / Puzzleby | jigsaw puzzle | 500 pieces / 1,000 pieces | 10.00 / 14.00
Tilted Table / Puzzleby | family board game | for 2-4 players / for 3-8 players | 19.00 / 26.00
Bramble Bear / Fernhill | plush fox | small / large | 11.00 / 22.00
Inkling / Puzzleby | craft kit | friendship bracelets / paper lanterns | 9.00 / 11.00
Bricklet / Inkling | science kit | crystals / volcano | 17.00 / 19.00

# Running (lasting)
Stride / Fellway | trail running shoes | men's / women's | 85.00 / 85.00
Stride / Fellway | road running shoes | men's / women's | 79.00 / 79.00
Stride / Fellway | running vest | lightweight / thermal | 22.00 / 32.00
Stride / Kestra | running socks | ankle 3 pack / trail 2 pack | 12.00 / 15.00
Fellway / Kestra | hydration vest | 5 litre / 12 litre | 64.00 / 89.00
Kestra / Meridian | GPS running watch | 42 mm / 46 mm | 169.00 / 249.00
Stride / Kestra | head torch | 200 lumen / 500 lumen | 24.00 / 46.00

# Sports nutrition
Voltade / Summit Fuel | energy gels | citrus 12 pack / cola 24 pack | 14.00 / 26.00
Voltade / Summit Fuel | electrolyte tablets | berry 20 tablets / lemon 3 tubes | 5.50 / 14.00
Summit Fuel / Puregrain | whey protein | vanilla 1 kg / chocolate 2.5 kg | 22.00 / 46.00
Summit Fuel / Nutwood | oat and nut bars | 12 pack / 30 pack | 11.00 / 24.00
Voltade / Puregrain | recovery shake | strawberry / banana | 2.60 / 2.60

# Outdoor and walking (lasting)
Fellway / Highcairn | waterproof jacket | men's / women's | 95.00 / 95.00
Fellway / Highcairn | walking boots | mid cut / leather | 89.00 / 129.00
Highcairn / Tarn | day rucksack | 18 litre / 28 litre | 42.00 / 59.00
Tarn / Meridian | insulated flask | 500 ml / 1 litre | 18.00 / 24.00
Tarn / Highcairn | trekking poles | aluminium / carbon | 34.00 / 69.00
Tarn / Fellway | merino beanie | in slate / in rust | 18.00 / 18.00

# Plants and seeds
Potter's Yard / Greenhaven | tomato seeds | Gardener's Delight / Black Cherry | 2.20 / 2.80
Potter's Yard / Greenhaven | salad leaf seeds | spicy mix / all-season mix | 1.90 / 1.90
Potter's Yard / Greenhaven | herb plants | basil and thyme / mint and sage | 5.50 / 5.50
Greenhaven / Fleur & Fern | geranium plug plants | tray of 6 / tray of 12 | 7.50 / 12.50
Greenhaven / Fleur & Fern | tulip bulbs | 20 mixed / 50 apricot | 6.50 / 13.50
Greenhaven / Fleur & Fern | trailing petunia | in violet / in white | 4.50 / 4.50
Fleur & Fern | house plant | rubber plant / monstera | 18.00 / 24.00

# Pots and compost
Potter's Yard / Ashdown Pottery | terracotta pot | 15 cm / 30 cm | 3.50 / 12.00
Potter's Yard / Greenhaven | railing planter | 40 cm / 60 cm | 9.00 / 14.00
Greenhaven / Loam & Leaf | peat-free compost | 20 litre / 50 litre | 5.00 / 9.50
Greenhaven / Loam & Leaf | tomato feed | 500 ml / 1 litre | 3.90 / 6.20

# Garden tools (lasting)
Spade & Co / Rosewarne | hand trowel | stainless / copper | 8.00 / 22.00
Spade & Co / Rosewarne | watering can | 5 litre / 10 litre | 11.00 / 17.00
Spade & Co / Rosewarne | bypass secateurs | small / professional | 13.00 / 32.00
Spade & Co / Rosewarne | leather garden gloves | small / large | 9.00 / 9.00
Greenhaven / Rosewarne | seed tray with lid | 24 cell / 60 cell | 7.50 / 12.00

# Power tools (lasting)
Torkwell / Brandt | cordless drill driver | 12 V / 18 V | 59.00 / 99.00
Torkwell / Brandt | orbital sander | 125 mm / 150 mm | 49.00 / 79.00
Torkwell / Brandt | jigsaw | corded / 18 V cordless | 45.00 / 89.00
Torkwell / Brandt | circular saw | 165 mm / 190 mm | 69.00 / 99.00
Torkwell / Brandt | multi-tool | corded / cordless | 54.00 / 94.00
Torkwell / Kersey | drill bit set | 19 pieces / 101 pieces | 12.00 / 29.00

# Paint and decorating
Whitley / Hartley & Hue | matt emulsion | chalk white 2.5 litre / soft grey 5 litre | 22.00 / 36.00
Whitley / Hartley & Hue | eggshell paint | olive 750 ml / navy 2.5 litre | 16.00 / 39.00
Whitley / Coverall | primer and undercoat | 1 litre / 2.5 litre | 13.00 / 24.00
Coverall / Kersey | roller and tray set | 4 inch / 9 inch | 6.00 / 9.50
Coverall / Kersey | synthetic paint brushes | 3 pack / 5 pack | 7.00 / 12.00
Coverall / Kersey | masking tape | 25 mm / 50 mm | 2.90 / 4.50
Hartley & Hue | wallpaper | botanical green / blue stripe | 32.00 / 29.00

# Hardware and fixings
Kersey / Brandt | wood screws | pack of 200 / trade box of 1,000 | 5.50 / 18.00
Kersey / Brandt | wall plugs | pack of 100 / pack of 500 | 3.20 / 9.90
Coverall / Kersey | decorator's caulk | white 310 ml / 6 tubes | 2.40 / 12.50
Coverall / Grippit | wood adhesive | 250 ml / 1 litre | 4.20 / 9.80
Kersey / Ironmonger Row | cabinet handles | brass pack of 4 / black pack of 4 | 14.00 / 12.00
Kersey / Ironmonger Row | shelf brackets | steel pair / oak pair | 8.50 / 16.00
Coverall / Brandt | sanding sheets | 80 grit / 120 grit | 3.80 / 3.80

# Office furniture (lasting)
Deskwright / Noma | sit-stand desk | 120 cm / 160 cm | 249.00 / 329.00
Deskwright / Noma | ergonomic office chair | mesh / upholstered | 159.00 / 219.00
Deskwright / Noma | monitor arm | single / dual | 45.00 / 79.00
Deskwright / Noma | drawer unit | in oak / in white | 85.00 / 79.00
Deskwright / Arcline | footrest | tilting / rocking | 24.00 / 32.00
Arcline / Noma | desk lamp | clamp / wireless charging | 34.00 / 54.00

# Computer accessories (lasting)
Linkwell / Arcline | USB-C hub | 5 port / 9 port | 29.00 / 49.00
Linkwell / Arcline | webcam | 1080p / 4K | 45.00 / 89.00
Linkwell / Arcline | wireless mouse | compact / vertical | 19.00 / 34.00
Linkwell / Kestrel | 27-inch monitor | full HD / 4K | 149.00 / 289.00
Linkwell / Kestrel | external SSD | 1 TB / 2 TB | 69.00 / 119.00
Linkwell / Arcline | conference headset | wired / wireless | 39.00 / 79.00
Linkwell / Kestrel | HDMI cable | 2 m / 5 m | 8.00 / 14.00

# Stationery
Inkling / Foolscap & Fine | dotted notebook | A5 / A4 | 6.50 / 9.50
Inkling / Foolscap & Fine | gel pens | black 4 pack / colours 10 pack | 4.50 / 8.90
Corner & Co / Inkling | printer paper | 500 sheets / 2,500 sheets | 4.90 / 21.00
Inkling / Foolscap & Fine | desk planner | weekly / monthly | 8.50 / 9.50
Corner & Co / Inkling | sticky notes | pack of 6 / pack of 12 | 3.50 / 6.00
Corner & Co / Inkling | lever arch files | 2 pack / 10 pack | 4.80 / 17.00

# Party supplies
Hooray / Paper Parade | paper bunting | gingham 3 m / rainbow 10 m | 2.50 / 5.50
Hooray / Paper Parade | latex balloons | pastel pack of 25 / gold pack of 50 | 3.20 / 5.90
Hooray / Paper Parade | party bags | stripes pack of 8 / stars pack of 24 | 2.20 / 5.50
Hooray / Paper Parade | happy birthday garland | in silver / in multicolour | 3.40 / 3.20
Hooray / Glimmer | number candle set | gold / glitter | 2.90 / 3.10
Hooray / Glimmer | paper party hats | pack of 8 / pack of 24 | 2.40 / 5.80
Hooray / Glimmer | confetti cannons | pack of 2 / pack of 6 | 4.50 / 11.00

# Catering disposables
Tableday / Leafware | paper plates | 23 cm pack of 50 / 18 cm pack of 100 | 5.50 / 7.90
Tableday / Leafware | paper cups | 250 ml pack of 50 / 350 ml pack of 100 | 4.50 / 9.90
Tableday / Leafware | napkins | white pack of 100 / kraft pack of 250 | 3.20 / 6.90
Tableday / Leafware | wooden cutlery | pack of 100 / box of 500 | 6.50 / 24.00
Tableday / Stoutbag | paper table covers | white 10 m / red 10 m | 6.90 / 6.90
Tableday / Stoutbag | foil platters | medium pack of 5 / large pack of 10 | 5.20 / 12.50

# Gift wrap and cards
Paper Parade / Foolscap & Fine | wrapping paper | kraft stars 5 m / forest 5 m | 4.20 / 4.50
Paper Parade / Foolscap & Fine | satin ribbon | red 10 m / ivory 20 m | 3.20 / 4.90
Paper Parade / Foolscap & Fine | gift bags | small 5 pack / bottle 3 pack | 5.50 / 4.90
Paper Parade / Foolscap & Fine | Christmas cards | robin 10 pack / snowfall 20 pack | 4.90 / 8.50
Inkling / Foolscap & Fine | birthday cards | assorted 6 pack / assorted 20 pack | 6.90 / 15.00
Paper Parade / Glimmer | gift tags | kraft pack of 12 / gold pack of 24 | 2.20 / 3.60

# Candles and home fragrance
Wick & Wren / Maison Lune | scented candle | in fig / in cedar | 12.00 / 12.00
Wick & Wren / Maison Lune | reed diffuser | in sea salt / in orange blossom | 18.00 / 18.00
Wick & Wren / Maison Lune | candle gift set | three jars / five jars | 24.00 / 36.00
Corner & Co / Wick & Wren | tea lights | pack of 25 / pack of 100 | 3.00 / 9.00
Wick & Wren / Glimmer | dinner candles | ivory 6 pack / forest green 6 pack | 6.50 / 6.90

# Vintage home (lasting)
Attic & Co / Rosewarne | enamel storage tin | bread / flour | 22.00 / 16.00
Attic & Co / Rosewarne | bakelite-style alarm clock | in red / in ivory | 24.00 / 24.00
Attic & Co / Old Quay | bevelled wall mirror | round brass / arched | 45.00 / 69.00
Attic & Co / Old Quay | apothecary jar | small amber / large clear | 12.00 / 19.00
Attic & Co / Old Quay | railway wall clock | 30 cm / 45 cm | 39.00 / 59.00
Attic & Co / Rosewarne | pressed-glass cake stand | in green / in clear | 26.00 / 22.00
Attic & Co / Rosewarne | rotary-dial radio | in mint / in walnut | 65.00 / 79.00

# Soft furnishings (lasting)
Lomond / Maison Lune | wool throw | in heather / in moss check | 45.00 / 49.00
Lomond / Maison Lune | velvet cushion | in mustard / in teal | 19.00 / 19.00
Lomond / Loomwell | linen curtains | 167 x 183 cm / 228 x 229 cm | 59.00 / 85.00
Loomwell / Lomond | flatweave rug | 80 x 150 cm / 120 x 180 cm | 49.00 / 89.00
Corner & Co / Loomwell | cotton bedding set | double / king size | 32.00 / 39.00

# Lighting (lasting)
Lumo / Old Quay | pendant light | in smoked glass / in brass | 48.00 / 62.00
Lumo / Old Quay | table lamp | ceramic / mushroom | 36.00 / 42.00
Lumo / Everlite | LED bulbs | warm white 3 pack / filament 4 pack | 8.50 / 14.00
Lumo / Arcline | LED strip light | 2 m / 5 m | 14.00 / 22.00
Lumo / Everlite | outdoor string lights | 10 m / 20 m | 19.00 / 29.00

# Dog food
Barkley / Harefield | dry dog food | chicken 2 kg / lamb 12 kg | 9.50 / 38.00
Barkley / Harefield | wet dog food | beef 12 tins / turkey 24 pouches | 10.50 / 18.00
Barkley / Harefield | puppy food | 2 kg / 10 kg | 10.50 / 36.00
Barkley / Good Boyd | dental chews | pack of 7 / pack of 28 | 3.20 / 9.80
Barkley / Good Boyd | training treats | chicken 200 g / liver 400 g | 3.00 / 5.20
Good Boyd / Harefield | bully sticks | pack of 3 / pack of 10 | 6.50 / 18.00

# Dog walking and beds (lasting)
Good Boyd / Tarn | padded dog harness | small / large | 19.00 / 24.00
Good Boyd / Tarn | rope lead | 1.2 m / 1.8 m | 14.00 / 17.00
Good Boyd / Tarn | waterproof dog coat | 35 cm / 55 cm | 26.00 / 34.00
Good Boyd / Lomond | orthopaedic dog bed | medium / large | 45.00 / 65.00
Good Boyd / Barkley | rubber fetch toy | ball / bone | 7.00 / 8.00
Barkley / Harefield | slow-feeder bowl | small / large | 9.50 / 12.00

# Books (lasting, titled)
Quill Press | cookery book | The Slow Loaf / Green Suppers | 18.00 / 20.00
Quill Press | crime novel | The Tidewater Witness / Cold Ledger | 9.00 / 9.00
Quill Press | picture book | Goodnight Little Owl / The Bear Who Waited | 7.50 / 7.50
Larkspur Books | gardening guide | The Pocket Garden / A Year in Pots | 15.00 / 17.00
Larkspur Books | historical novel | The Salt Road / A House in Lisbon | 9.50 / 9.50
Larkspur Books | nature writing | Hill Weather / The Hedge Year | 12.00 / 12.00
Fathom House | science fiction novel | The Ninth Orbit / Quiet Machines | 9.50 / 9.50
Fathom House | design book | Rooms with a Past / Colour at Home | 28.00 / 32.00

# Jewellery and scarves (lasting)
Elowen / Maison Lune | silver hoop earrings | small / textured | 22.00 / 28.00
Elowen / Maison Lune | pendant necklace | moonstone / gold leaf | 32.00 / 38.00
Elowen / Lomond | lambswool scarf | in camel / in navy check | 29.00 / 32.00
Elowen / Lomond | leather gloves | in tan / in black | 34.00 / 34.00
Elowen / Maison Lune | charm bracelet | star / shell | 26.00 / 26.00
"""
