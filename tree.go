package truce

import (
	"slices"
	"sort"
)

// Tree is a vocabulary in which a word covers the words below it: "attack" covers
// "shelling". The root covers everything.
type Tree struct {
	root     string
	parent   map[string]string
	children map[string][]string
}

// NewTree returns a tree with only a root.
func NewTree(root string) *Tree {
	return &Tree{root: root, parent: map[string]string{}, children: map[string][]string{}}
}

// Add puts words under parent, which must be there already; a word keeps its first place.
func (t *Tree) Add(parent string, words ...string) *Tree {
	for _, w := range words {
		if w == t.root || t.parent[w] != "" || !t.Has(parent) {
			continue
		}
		t.parent[w] = parent
		t.children[parent] = append(t.children[parent], w)
	}
	return t
}

// Clone returns a copy that can be added to.
func (t *Tree) Clone() *Tree {
	c := NewTree(t.root)
	for w, p := range t.parent {
		c.parent[w] = p
	}
	for p, ws := range t.children {
		c.children[p] = slices.Clone(ws)
	}
	return c
}

// Root returns the word that covers all.
func (t *Tree) Root() string { return t.root }

// Has reports whether word is in the tree.
func (t *Tree) Has(word string) bool { return word == t.root || t.parent[word] != "" }

// Covers reports whether word is upper or stands somewhere below it.
func (t *Tree) Covers(upper, word string) bool {
	for ; word != ""; word = t.parent[word] {
		if word == upper {
			return true
		}
	}
	return upper == t.root
}

// Leaves returns the finest kinds that word may be, sorted: the leaves below it, and
// for each inner word w also "w (other)", since no list of kinds is complete.
func (t *Tree) Leaves(word string) []string {
	kids := t.children[word]
	if len(kids) == 0 {
		return []string{word}
	}
	out := []string{word + Other}
	for _, k := range kids {
		out = append(out, t.Leaves(k)...)
	}
	sort.Strings(out)
	return out
}

// Other marks the unlisted rest of an inner word in Leaves.
const Other = " (other)"

// CoversLeaf is Covers for a word returned by Leaves.
func (t *Tree) CoversLeaf(upper, leaf string) bool {
	if n := len(leaf) - len(Other); n > 0 && leaf[n:] == Other {
		leaf = leaf[:n]
	}
	return t.Covers(upper, leaf)
}

// Words returns every word but the root, sorted.
func (t *Tree) Words() []string {
	out := make([]string, 0, len(t.parent))
	for w := range t.parent {
		out = append(out, w)
	}
	sort.Strings(out)
	return out
}

// Parent returns the word directly above, or "".
func (t *Tree) Parent(word string) string { return t.parent[word] }

// Acts returns the tree of acts every mission starts from. An agreement may add words.
// The event types follow the ones UCDP GED and ACLED tell apart, so that their records
// map onto it.
func Acts() *Tree {
	return NewTree("any-act").
		Add("any-act", "hostile-act", "movement", "presence", "flight", "territory", "access", "aid",
			"custody", "conduct", "works", "talks", "statement", "notification", "disclosure").
		Add("hostile-act", "attack", "provocation", "offensive-operation", "reconnaissance", "sabotage", "explosion").
		Add("attack", "armed-clash", "air-strike", "drone-strike", "shelling", "rocket-fire", "missile-strike",
			"small-arms-fire", "sniping", "ground-assault", "raid", "ambush", "bombing", "suicide-bombing",
			"mine-explosion", "grenade", "chemical-attack", "naval-attack", "killing", "attack-on-aid",
			"attack-on-health-care", "cyber-attack").
		Add("provocation", "display-of-force", "pointing-weapons", "hostile-propaganda", "harbouring").
		Add("explosion", "controlled-detonation", "live-fire-exercise").
		Add("movement", "reinforcement", "withdrawal", "redeployment", "troop-movement", "arms-transfer",
			"evacuation", "passage").
		Add("presence", "post", "weapon-in-storage").
		Add("flight", "combat-flight", "non-combat-flight", "drone-flight").
		Add("territory", "gain-ground", "attempt-to-gain-ground", "hand-over-ground").
		Add("access", "refuse-access", "delay-access", "remove-goods", "inspect-goods", "grant-access",
			"obstruct-monitors", "siege").
		Add("aid", "aid-delivery", "ship-entry", "commercial-flight", "service-repair", "service-cut").
		Add("custody", "arrest", "release", "abduction", "hostage-taking").
		Add("conduct", "sexual-violence", "child-recruitment", "occupation-of-school", "occupation-of-hospital",
			"looting", "destruction", "harassment", "torture", "extortion", "forced-displacement", "assassination").
		Add("works", "digging-in", "construction", "demining", "mine-laying").
		Add("talks", "attend-talks", "meeting", "refuse-talks").
		Add("statement", "acceptance", "order", "announcement")
}

// MeansTree returns the tree of means every mission starts from; its upper levels follow
// the categories of the UN Register of Conventional Arms where there is one.
func MeansTree() *Tree {
	return NewTree("any-means").
		Add("any-means", "weapon", "personnel", "equipment", "non-kinetic").
		Add("weapon", "small-arms", "crew-served", "anti-tank", "mortar", "artillery", "rocket-artillery",
			"missile", "armoured-vehicle", "armed-vehicle", "aircraft", "bomb", "mine", "ied", "chemical",
			"air-defence", "naval", "bladed").
		Add("small-arms", "pistol", "rifle", "sniper-rifle", "light-machine-gun", "hand-grenade").
		Add("crew-served", "heavy-machine-gun", "anti-aircraft-gun", "grenade-launcher").
		Add("anti-tank", "recoilless", "anti-tank-guided-missile", "rpg").
		Add("artillery", "gun", "howitzer", "self-propelled-gun").
		Add("rocket-artillery", "mlrs", "improvised-rocket").
		Add("mlrs", "grad", "uragan", "smerch", "tornado-s").
		Add("missile", "tochka-u", "cruise-missile", "ballistic-missile").
		Add("armoured-vehicle", "tank", "ifv", "apc").
		Add("aircraft", "fixed-wing", "helicopter", "drone").
		Add("drone", "armed-drone", "unarmed-drone").
		Add("bomb", "guided-bomb", "unguided-bomb", "cluster-bomb", "incendiary-bomb", "barrel-bomb").
		Add("non-kinetic", "jamming", "cyber", "blockade")
}
