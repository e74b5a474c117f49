package web

// agreementRoutes are what was agreed.
func (s *site) agreementRoutes() {
}
