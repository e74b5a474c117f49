package ledger_test

import (
	"bytes"
	"fmt"
	"time"

	"truce/ledger"
)

// A record with one entry, a receipt for it of which one field is withheld, and its check.
func Example() {
	key, _ := ledger.NewKey(bytes.NewReader(make([]byte, 32)), "desk.example") // never with zeros
	fields := ledger.NewFields([16]byte{1, 2, 3})                              // 16 random bytes
	_ = fields.Set("place", "Darayya")
	_ = fields.Set("source", "a nurse")
	entry := &ledger.Entry{
		Kind: ledger.KeyEnrolled, At: time.Date(2016, 8, 27, 18, 0, 0, 0, time.UTC),
		Root: fields.Root(), Key: key.ID(), Enrols: key.Verifier(),
	}
	tree, _ := ledger.NewTree(0, nil)
	tree.Append(entry.Leaf())
	signed, _ := ledger.SignCheckpoint(ledger.Checkpoint{Origin: "desk.example", Size: 1, Root: tree.Root()}, key)

	receipt, err := ledger.MakeReceipt(entry, 0, fields.Withhold("source"), nil, signed)
	fmt.Println(err, receipt.Check(key.Verifier()))
	fmt.Println(receipt.Fields)
	// Output:
	// <nil> <nil>
	// fields place source (here: place)
}
