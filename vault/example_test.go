package vault_test

import (
	"fmt"
	"time"

	"filippo.io/age"

	"truce/vault"
)

// Two people open what was sealed to three, after the opening was recorded.
func Example() {
	var to []vault.Recipient
	files := map[string]string{} // each on its owner's machine
	for _, name := range []string{"anna", "boris", "carla"} {
		id, _ := age.GenerateX25519Identity()
		files[name] = id.String()
		to = append(to, vault.Recipient{Name: name, Key: id.Recipient().String()})
	}
	box, err := vault.Seal([]byte("Rana H."), to)
	if err != nil {
		fmt.Println(err)
		return
	}
	anna, _ := box.Share("anna", []byte(files["anna"]))
	carla, _ := box.Share("carla", []byte(files["carla"]))
	record := func(o vault.Opening) error {
		fmt.Println("recorded:", o.By, o.Why)
		return nil
	}
	now := time.Date(2016, 8, 27, 18, 0, 0, 0, time.UTC)
	identity, err := box.Open(anna, carla, "to warn the source", now, record)
	fmt.Println(identity, string(identity.Reveal()), err)
	_, err = box.Open(anna, anna, "curiosity", now, record)
	fmt.Println(err != nil)
	// Output:
	// recorded: [anna carla] to warn the source
	// [hidden] Rana H. <nil>
	// true
}
