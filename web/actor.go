package web

// actorRoutes are who is who.
func (s *site) actorRoutes() {
}
