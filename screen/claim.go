package screen

import "truce/desk"

// Claimed is what is said of an incident, and what may have happened, with the forms to add to it.
type Claimed struct {
	*desk.Claims
	Incident, Once string
	Then           bool // an earlier state is shown: nothing can be added
}

// Kinds are what a side may say, and that it says nothing.
func (c *Claimed) Kinds() []string {
	return []string{"says", "confirms", "denies", "acknowledges", "silent"}
}

// Weighs are the ways in which evidence may speak.
func (c *Claimed) Weighs() []string { return []string{"for", "against", "neither"} }

// Reliabilities and Credibilities are the two scales, which are never multiplied.
func (c *Claimed) Reliabilities() []string { return []string{"F", "A", "B", "C", "D", "E"} }

// Credibilities are the grades of what is said.
func (c *Claimed) Credibilities() []string { return []string{"6", "1", "2", "3", "4", "5"} }
